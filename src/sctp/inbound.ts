import type { DataChunk, Gap, Sack } from './chunks.ts';
import { distance, isAfter, next, previous } from './serial.ts';

/** What a peer may have under way to us. */
export const WINDOW = 32 * 1024;
const MAX_HELD = 64;

export interface Message {
  readonly streamId: number;
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

/**
 * The receiving half: chunks in any order in, whole messages in order out. Everything is delivered in the order of its
 * TSN, which is that of every stream as well, so nothing is kept per stream.
 */
export class Inbound {
  readonly #maxMessageSize: number;
  #cumulativeTsn: number;
  readonly #held = new Map<number, DataChunk>();
  #heldBytes = 0;
  #parts: DataChunk[] = [];
  #partsBytes = 0;
  #isBroken = false;

  constructor({ firstTsn, maxMessageSize }: { firstTsn: number; maxMessageSize: number }) {
    this.#maxMessageSize = maxMessageSize;
    this.#cumulativeTsn = previous(firstTsn);
  }

  get cumulativeTsn(): number {
    return this.#cumulativeTsn;
  }

  /** The peer cut its messages as nobody may, or sent one too long. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** What this chunk completes. One for which there is no room is forgotten, and comes again. */
  receive(chunk: DataChunk): readonly Message[] {
    const ahead = distance(this.#cumulativeTsn, chunk.tsn);
    if (!isAfter(chunk.tsn, this.#cumulativeTsn) || this.#held.has(chunk.tsn)) return [];
    const hasRoom = this.#held.size < MAX_HELD && this.#heldBytes + chunk.bytes.length <= WINDOW;
    if (ahead > 1 && (!hasRoom || ahead > WINDOW)) return [];
    this.#held.set(chunk.tsn, chunk);
    this.#heldBytes += chunk.bytes.length;
    return this.#deliver();
  }

  sack(): Sack {
    return {
      cumulativeTsn: this.#cumulativeTsn,
      window: Math.max(0, WINDOW - this.#heldBytes - this.#partsBytes),
      gaps: this.#gaps(),
    };
  }

  #deliver(): readonly Message[] {
    const messages: Message[] = [];
    for (let chunk = this.#takeNext(); chunk && !this.#isBroken; chunk = this.#takeNext()) {
      const message = this.#join(chunk);
      if (message) messages.push(message);
    }
    return messages;
  }

  #takeNext(): DataChunk | undefined {
    const tsn = next(this.#cumulativeTsn);
    const chunk = this.#held.get(tsn);
    if (!chunk) return undefined;
    this.#held.delete(tsn);
    this.#heldBytes -= chunk.bytes.length;
    this.#cumulativeTsn = tsn;
    return chunk;
  }

  #join(chunk: DataChunk): Message | undefined {
    const [first] = this.#parts;
    const belongs = first ? !chunk.isFirst && chunk.streamId === first.streamId : chunk.isFirst;
    this.#partsBytes += chunk.bytes.length;
    if (!belongs || this.#partsBytes > this.#maxMessageSize) {
      this.#isBroken = true;
      return undefined;
    }
    this.#parts.push(chunk);
    if (!chunk.isLast) return undefined;
    const { streamId, protocol } = first ?? chunk;
    const bytes = joined(this.#parts, this.#partsBytes);
    this.#parts = [];
    this.#partsBytes = 0;
    return { streamId, protocol, bytes };
  }

  #gaps(): readonly Gap[] {
    const steps = [...this.#held.keys()].map((tsn) => distance(this.#cumulativeTsn, tsn)).toSorted((a, b) => a - b);
    const gaps: { start: number; end: number }[] = [];
    for (const step of steps) {
      const last = gaps.at(-1);
      if (last?.end === step - 1) last.end = step;
      else gaps.push({ start: step, end: step });
    }
    return gaps;
  }
}

function joined(parts: readonly DataChunk[], length: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only.bytes;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    at += part.bytes.length;
  }
  return bytes;
}
