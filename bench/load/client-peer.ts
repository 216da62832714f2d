import { randomBytes } from 'node:crypto';
import type { IceCredentials } from '../../src/media/plan.ts';
import { type DtlsContext, DtlsSession } from '../../src/transport/dtls.ts';
import type { Endpoint } from '../../src/transport/endpoint.ts';
import type { SrtpKeys } from '../../src/transport/srtp-keys.ts';
import { hasValidIntegrity, readStun } from '../../src/transport/stun.ts';
import { writeBindingRequest, writeBindingSuccess } from '../../src/transport/stun-write.ts';
import type { Answer } from './answer.ts';

const CHECK_AGAIN_MS = 50;
const DTLS_AGAIN_MS = 25;
// RFC 7675 section 5.1.
const CONSENT_MS = 5_000;
const PRIORITY = 1_853_824_767;
const TIE_BREAKER = 1n;

/** The client's end of ICE (controlling) and DTLS, sans-IO: what is to be sent comes back. */
export class ClientPeer {
  readonly ice: IceCredentials = { ufrag: randomBytes(6).toString('base64'), pwd: randomBytes(18).toString('base64') };
  /** Consent checks answered. */
  consents = 0;
  readonly #context: DtlsContext;
  #answer: Answer | undefined;
  #dtls: DtlsSession | undefined;
  #transactionId: Uint8Array = randomBytes(12);
  #isProven = false;
  #checkMs = 0;
  #repeatMs = 0;

  constructor(context: DtlsContext) {
    this.#context = context;
  }

  /** Present once connected. */
  get keys(): SrtpKeys | undefined {
    return this.#dtls?.keys;
  }

  get isClosed(): boolean {
    return this.#dtls?.state === 'closed' || this.#dtls?.state === 'failed';
  }

  get failure(): string {
    if (!this.#isProven) return 'no ICE check was answered';
    return this.#dtls?.failure || 'DTLS did not finish';
  }

  accept(answer: Answer): void {
    this.#answer = answer;
    this.#dtls = new DtlsSession(this.#context, { role: answer.dtlsRole, fingerprints: answer.fingerprints });
  }

  /** As after a change of network: the next poll checks. */
  checkSoon(): void {
    this.#checkMs = 0;
  }

  /** Checks and flights that are due. */
  poll(nowMs: number): readonly Uint8Array[] {
    if (!this.#answer) return [];
    if (nowMs >= this.#checkMs) {
      this.#checkMs = nowMs + (this.#isProven ? CONSENT_MS : CHECK_AGAIN_MS);
      if (this.#isProven) this.#transactionId = randomBytes(12);
      return [this.#check(this.#answer)];
    }
    if (!this.#dtls || this.#dtls.keys || nowMs < this.#repeatMs) return [];
    this.#repeatMs = nowMs + DTLS_AGAIN_MS;
    return this.#dtls.repeat();
  }

  receiveStun(datagram: Uint8Array, from: () => Endpoint, nowMs: number): readonly Uint8Array[] {
    const message = readStun(datagram);
    if (!message || !this.#answer) return [];
    if (message.messageClass === 'request' && hasValidIntegrity(datagram, message, this.ice.pwd)) {
      const { transactionId } = message;
      return [writeBindingSuccess({ transactionId, endpoint: from(), password: this.ice.pwd })];
    }
    if (message.messageClass !== 'success' || Buffer.compare(message.transactionId, this.#transactionId) !== 0)
      return [];
    if (!hasValidIntegrity(datagram, message, this.#answer.ice.pwd)) return [];
    if (this.#isProven) {
      this.consents += 1;
      return [];
    }
    this.#isProven = true;
    this.#checkMs = nowMs + CONSENT_MS;
    this.#repeatMs = nowMs + DTLS_AGAIN_MS;
    return this.#dtls?.start() ?? [];
  }

  receiveDtls(datagram: Uint8Array, nowMs: number): readonly Uint8Array[] {
    return this.#dtls?.receive(datagram, nowMs) ?? [];
  }

  /** The goodbye to send. */
  close(): readonly Uint8Array[] {
    return this.#dtls?.close() ?? [];
  }

  #check({ ice }: Answer): Uint8Array {
    return writeBindingRequest({
      transactionId: this.#transactionId,
      username: `${ice.ufrag}:${this.ice.ufrag}`,
      password: ice.pwd,
      priority: PRIORITY,
      useCandidate: true,
      controlling: TIE_BREAKER,
    });
  }
}
