import { CHUNK } from './chunks.ts';
import { type Parameter, readParameters, viewOf, words, writeChunk, writeParameter } from './packet.ts';
import { isAfter, next, previous } from './serial.ts';

/** Parameters of a RE-CONFIG chunk (RFC 6525 section 4). */
const OUTGOING_RESET = 13;
const RESPONSE = 16;
const REQUESTS = [OUTGOING_RESET, 14, 15, 17, 18];
const RESULT = { performed: 1, denied: 2, badSequence: 5, inProgress: 6 } as const;
const RESET_HEADER = 12;
const MAX_TRIES = 8;

interface Request {
  readonly sequence: number;
  readonly streamIds: readonly number[];
  sentMs: number;
  tries: number;
}

/** What a RE-CONFIG chunk brings: streams that the peer begins anew, of which `undefined` means all, and what to answer. */
export interface Reconfiguration {
  readonly reset: readonly number[] | undefined;
  readonly replies: readonly Uint8Array[];
}

/** How data channels end (RFC 8831 section 6.7): each side resets the streams it sends on, and says so. */
export class StreamResets {
  /** Of the peer's next request. */
  #peerSequence: number;
  #lastResult: number = RESULT.denied;
  #sequence: number;
  readonly #wanted = new Set<number>();
  #request: Request | undefined;

  constructor({ firstTsn, peerFirstTsn }: { firstTsn: number; peerFirstTsn: number }) {
    this.#sequence = firstTsn;
    this.#peerSequence = peerFirstTsn;
  }

  want(streamId: number): void {
    this.#wanted.add(streamId);
  }

  /** `cumulativeTsn`: all up to it was received. */
  receive(value: Uint8Array, cumulativeTsn: number): Reconfiguration {
    let reset: readonly number[] | undefined = [];
    const replies: Uint8Array[] = [];
    for (const parameter of readParameters(value)) {
      if (parameter.type === RESPONSE) this.#answered(parameter);
      if (!REQUESTS.includes(parameter.type) || parameter.value.length < RESET_HEADER) continue;
      const view = viewOf(parameter.value);
      const sequence = view.getUint32(0);
      const isNew = sequence === this.#peerSequence;
      const result = isNew ? resultOf(parameter, cumulativeTsn) : this.#repeatedResult(sequence);
      if (isNew && result !== RESULT.inProgress) {
        this.#peerSequence = next(sequence);
        this.#lastResult = result;
        if (result === RESULT.performed) reset = streamIdsOf(parameter);
      }
      replies.push(writeParameter(RESPONSE, words(sequence, result)));
    }
    return { reset, replies: replies.map((reply) => writeChunk(CHUNK.reconfig, 0, reply)) };
  }

  /** Our own request, and again while nobody answers. */
  due({ newestTsn, timeoutMs, nowMs }: { newestTsn: number; timeoutMs: number; nowMs: number }): readonly Uint8Array[] {
    if (!this.#request && this.#wanted.size > 0) {
      this.#request = {
        sequence: this.#sequence,
        streamIds: [...this.#wanted],
        sentMs: Number.NEGATIVE_INFINITY,
        tries: 0,
      };
      this.#sequence = next(this.#sequence);
      this.#wanted.clear();
    }
    const request = this.#request;
    if (!request || nowMs - request.sentMs < timeoutMs) return [];
    if (request.tries >= MAX_TRIES) {
      this.#request = undefined;
      return [];
    }
    request.sentMs = nowMs;
    request.tries += 1;
    const header = words(request.sequence, previous(this.#peerSequence), newestTsn);
    const body = new Uint8Array(header.length + 2 * request.streamIds.length);
    body.set(header);
    for (const [index, id] of request.streamIds.entries()) viewOf(body).setUint16(header.length + 2 * index, id);
    return [writeChunk(CHUNK.reconfig, 0, writeParameter(OUTGOING_RESET, body))];
  }

  #repeatedResult(sequence: number): number {
    return sequence === previous(this.#peerSequence) ? this.#lastResult : RESULT.badSequence;
  }

  #answered({ value }: Parameter): void {
    if (value.length < 8) return;
    const view = viewOf(value);
    const isOurs = view.getUint32(0) === this.#request?.sequence;
    if (isOurs && view.getUint32(4) !== RESULT.inProgress) this.#request = undefined;
  }
}

function resultOf({ type, value }: Parameter, cumulativeTsn: number): number {
  if (type !== OUTGOING_RESET) return RESULT.denied;
  return isAfter(viewOf(value).getUint32(8), cumulativeTsn) ? RESULT.inProgress : RESULT.performed;
}

function streamIdsOf({ value }: Parameter): readonly number[] | undefined {
  const count = Math.floor((value.length - RESET_HEADER) / 2);
  if (count === 0) return undefined;
  const view = viewOf(value);
  return Array.from({ length: count }, (_, index) => view.getUint16(RESET_HEADER + 2 * index));
}
