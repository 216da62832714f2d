/**
 * Shared memory through which one media thread hands records to all others. It writes without ever waiting; who reads
 * too late finds its records overwritten, and is told so. Positions count units of 8 bytes and wrap at 2^32.
 */
const HEADER_BYTES = 64;
export const FEED_RING_BYTES = 16 * 1024 * 1024;
const UNIT = 8;
// In words of the header: how often readers were called, up to where records are whole, from where they still are.
const CALLS = 0;
const HEAD = 1;
const TAIL = 2;

// The last bytes before the end, where the next record does not fit.
const FILLER_BIT = 0x8000_0000;
const SIZE_MASK = 0x7fff_ffff;
const SIZE_BYTES = 4;

export function createFeedRing(bytes = FEED_RING_BYTES): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + bytes);
}

class FeedRing {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  protected readonly words: Int32Array<SharedArrayBuffer>;
  protected readonly units: number;

  constructor(memory: SharedArrayBuffer) {
    this.bytes = new Uint8Array(memory, HEADER_BYTES);
    this.view = new DataView(memory, HEADER_BYTES);
    this.words = new Int32Array(memory, 0, HEADER_BYTES / 4);
    this.units = this.bytes.length / UNIT;
    // So that offsets go on where positions wrap.
    if ((this.units & (this.units - 1)) !== 0) throw new RangeError('The size must be a power of two.');
  }

  protected offsetOf(position: number): number {
    return (position & (this.units - 1)) * UNIT;
  }

  protected get head(): number {
    return Atomics.load(this.words, HEAD);
  }
}

/** The one writer. What an earlier writer, which died, left behind stays as it is. */
export class FeedRingWriter extends FeedRing {
  #isNew = false;

  /** Room for a record of so many bytes; written from the returned offset on, then committed. */
  begin(length: number): number {
    const units = Math.ceil((length + SIZE_BYTES) / UNIT);
    if (units > this.units / 2) throw new RangeError('This record is too large for the ring.');
    const toEnd = this.units - (this.head & (this.units - 1));
    if (toEnd < units) this.#fill(toEnd);
    Atomics.store(this.words, TAIL, (this.head + units - this.units) | 0);
    const at = this.offsetOf(this.head);
    this.view.setUint32(at, length);
    return at + SIZE_BYTES;
  }

  /** The record begun last is whole. */
  commit(): void {
    const length = this.view.getUint32(this.offsetOf(this.head));
    this.#advance(Math.ceil((length + SIZE_BYTES) / UNIT));
    this.#isNew = true;
  }

  /** Wakes the readers, where something was written since the last call. */
  call(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    Atomics.add(this.words, CALLS, 1);
    Atomics.notify(this.words, CALLS);
  }

  #fill(units: number): void {
    Atomics.store(this.words, TAIL, (this.head + units - this.units) | 0);
    this.view.setUint32(this.offsetOf(this.head), (FILLER_BIT | units) >>> 0);
    this.#advance(units);
  }

  #advance(units: number): void {
    Atomics.store(this.words, HEAD, (this.head + units) | 0);
  }
}

/** One of the readers; it begins with what is written from now on. */
export class FeedRingReader extends FeedRing {
  #cursor = this.head;
  #calls = 0;
  #length = 0;
  #overruns = 0;

  /** Offset of the next whole record, -1 when there is none. To be used, then `finish`ed. */
  next(): number {
    while (this.#cursor !== this.head) {
      const at = this.offsetOf(this.#cursor);
      const word = this.view.getUint32(at);
      if (!this.#isIntact()) return -1;
      if ((word & FILLER_BIT) === 0) {
        this.#length = word;
        return at + SIZE_BYTES;
      }
      this.#cursor = (this.#cursor + (word & SIZE_MASK)) | 0;
    }
    return -1;
  }

  /** Bytes of the record that `next` found. */
  get length(): number {
    return this.#length;
  }

  /** How often records were overwritten before or while they were read. Each time reading goes on with what comes then. */
  get overruns(): number {
    return this.#overruns;
  }

  /** Whether the record was still whole after it was used. */
  finish(): boolean {
    if (!this.#isIntact()) return false;
    this.#cursor = (this.#cursor + Math.ceil((this.#length + SIZE_BYTES) / UNIT)) | 0;
    return true;
  }

  /** Resolves with the next call; at once when there was one since the last wait. */
  async called(): Promise<void> {
    const waiting = Atomics.waitAsync(this.words, CALLS, this.#calls);
    if (waiting.async) await waiting.value;
    this.#calls = Atomics.load(this.words, CALLS);
  }

  #isIntact(): boolean {
    if (((this.#cursor - Atomics.load(this.words, TAIL)) | 0) >= 0) return true;
    this.#cursor = this.head;
    this.#overruns += 1;
    return false;
  }
}
