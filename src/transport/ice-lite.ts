import type { IceCredentials } from '../media/plan.ts';
import type { SourceKey } from './datagram-source.ts';
import type { Endpoint } from './endpoint.ts';
import {
  attributeTypes,
  BINDING,
  HEADER_LENGTH,
  hasStunHeader,
  hasValidIntegrity,
  readStun,
  type StunMessage,
} from './stun.ts';
import { writeBindingError, writeBindingSuccess } from './stun-write.ts';

/** RFC 7675: permission to send ends this long after the peer's last authenticated check. */
const CONSENT_MS = 30_000;
/** Three consent checks of the peer (RFC 7675: one every 5 s) without one on the selected pair. */
const SELECTED_SILENT_MS = 15_000;

interface Ice {
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
}

/** Where media goes, and when a check last came from there. */
interface Selected {
  readonly endpoint: Endpoint;
  checkedMs: number;
  /** It was a connection, which closed. */
  isLost: boolean;
}

export interface IceResult {
  /** To be sent to where the message came from. */
  readonly response?: Uint8Array;
  /** The sender's address is the peer's: it answers there with the credentials of the session. */
  readonly isProven: boolean;
  /** Where media goes from now on; only when that changed. */
  readonly selected?: Endpoint;
}

const UNPROVEN: IceResult = { isProven: false };

/**
 * The ICE of one session: the lite, always controlled side (RFC 8445 sections 2.5 and 7.3).
 * It sends no checks; whoever sends an authenticated one is answered and becomes a place where media may go.
 */
export class IceLite {
  #current: Ice;
  /** The credentials before a restart, until the peer uses the new ones. */
  #previous: Ice | undefined;
  #selected: Selected | undefined;
  readonly #startMs: number;

  constructor({ local, remote, nowMs }: Ice & { nowMs: number }) {
    this.#current = { local, remote };
    this.#startMs = nowMs;
  }

  /** Where media goes: the pair nominated last; before a nomination the first proven one, where DTLS may already begin. */
  get selected(): Endpoint | undefined {
    return this.#selected?.endpoint;
  }

  /** The ufrags by which peers may call this session: two during a restart. */
  get localUfrags(): readonly string[] {
    return [this.#current, this.#previous].flatMap((ice) => ice?.local.ufrag ?? []);
  }

  /** New credentials (RFC 8445 section 9). Media goes on; the old credentials count until the first proven check with the new ones. */
  restart(local: IceCredentials, remote: IceCredentials): void {
    // A restart whose answer never arrived leaves the peer with what it used before.
    this.#previous ??= this.#current;
    this.#current = { local, remote };
  }

  /** What was reached by a connection that closed. Media goes to where the next proven check comes from. */
  lose(key: SourceKey): void {
    if (this.#selected?.endpoint.key === key) this.#selected.isLost = true;
  }

  consentLapsed(nowMs: number): boolean {
    return nowMs - (this.#selected?.checkedMs ?? this.#startMs) > CONSENT_MS;
  }

  /** A STUN message that carried one of our ufrags. What does not prove to be the peer's gets silence: nothing to probe or to reflect. */
  handle(bytes: Uint8Array, from: Endpoint, nowMs: number): IceResult {
    const message = readStun(bytes);
    if (message?.messageClass !== 'request' || message.method !== BINDING || !message.hasFingerprint) return UNPROVEN;
    const ice = this.#authenticated(bytes, message);
    if (!ice) return UNPROVEN;

    const { transactionId } = message;
    const password = ice.local.pwd;
    if (message.unknownRequired.length > 0) {
      const error = { code: 420, reason: '', unknown: message.unknownRequired };
      return { isProven: false, response: writeBindingError({ transactionId, password, ...error }) };
    }
    // A lite agent can not control, whatever the tie-breaker (RFC 8445 sections 6.1.1 and 7.3.1.1).
    if (message.iceControlled !== undefined) {
      const error = { code: 487, reason: 'Role Conflict' };
      return { isProven: false, response: writeBindingError({ transactionId, password, ...error }) };
    }

    if (ice === this.#current) this.#previous = undefined;
    const response = writeBindingSuccess({ transactionId, endpoint: from, password });
    const hasMoved = this.#proven(from, message.useCandidate, nowMs);
    return hasMoved ? { isProven: true, response, selected: from } : { isProven: true, response };
  }

  #authenticated(bytes: Uint8Array, message: StunMessage): Ice | undefined {
    const ice = [this.#current, this.#previous].find(
      (candidate) => candidate && usernameOf(candidate) === message.username,
    );
    return ice && hasValidIntegrity(bytes, message, ice.local.pwd) ? ice : undefined;
  }

  /** Whether the selected endpoint changed. */
  #proven(endpoint: Endpoint, isNominated: boolean, nowMs: number): boolean {
    const selected = this.#selected;
    if (selected?.endpoint.key === endpoint.key) {
      selected.checkedMs = nowMs;
      return false;
    }
    // A peer that nominated several pairs, or has lost the nominated one, goes on checking only the one it uses.
    const isSelectedSilent = !selected || selected.isLost || nowMs - selected.checkedMs > SELECTED_SILENT_MS;
    if (!isNominated && !isSelectedSilent) return false;
    this.#selected = { endpoint, checkedMs: nowMs, isLost: false };
    return true;
  }
}

/** Our ufrag, the part of USERNAME before the colon, from what may be a Binding request; tells whose it is before anything is checked. */
export function usernameUfrag(bytes: Uint8Array): string | undefined {
  if (!hasStunHeader(bytes) || bytes[0] !== 0 || bytes[1] !== BINDING) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = HEADER_LENGTH; at < bytes.length; ) {
    const end = at + 4 + view.readUInt16BE(at + 2);
    if (end > bytes.length) return undefined;
    if (view.readUInt16BE(at) === attributeTypes.username) {
      const colon = view.indexOf(0x3a, at + 4);
      return colon === -1 || colon >= end ? undefined : view.toString('latin1', at + 4, colon);
    }
    at = (end + 3) & ~3;
  }
  return undefined;
}

/** What the peer calls us in its checks: the receiver's ufrag comes first (RFC 8445 section 7.2.2). */
function usernameOf({ local, remote }: Ice): string {
  return `${local.ufrag}:${remote.ufrag}`;
}
