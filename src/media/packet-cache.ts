import type { Packet } from './packet.ts';

// Egress lengthens a packet by one byte of RTP padding (RFC 3550 section 5.1) by sending this byte along.
const PADDING_BYTE = 0x01;

/**
 * The newest packets of one layer, in a ring of slots over a ring of bytes. The memory comes from outside, so that
 * native code can read payloads where they lie.
 */
export class PacketCache {
  readonly bytes: Uint8Array;
  /** -1 when empty. */
  newestSeq = -1;
  readonly #slots: (Packet | undefined)[];
  readonly #mask: number;
  /** The position where the next payload may begin. */
  #end = 0;

  constructor(options: { bytes: Uint8Array; slots: number }) {
    if (options.slots < 1 || (options.slots & (options.slots - 1)) !== 0) {
      throw new RangeError('slots must be a power of two');
    }
    this.bytes = options.bytes;
    this.#slots = new Array<Packet | undefined>(options.slots).fill(undefined);
    this.#mask = options.slots - 1;
  }

  get slots(): number {
    return this.#slots.length;
  }

  /**
   * Copies a payload in and returns its position, -1 when it is larger than the whole memory. It never straddles the
   * end of the memory, and one byte holding 0x01 follows it.
   */
  write(source: Uint8Array, start: number, end: number): number {
    const size = this.bytes.length;
    const needed = end - start + 1;
    if (needed > size) return -1;
    const offset = this.#end % size;
    const position = offset + needed > size ? this.#end + size - offset : this.#end;
    const target = this.offsetOf(position);
    this.bytes.set(source.subarray(start, end), target);
    this.bytes[target + needed - 1] = PADDING_BYTE;
    this.#end = position + needed;
    return position;
  }

  offsetOf(position: number): number {
    return position % this.bytes.length;
  }

  /** Remembers a packet whose payload was written last. */
  add(packet: Packet): void {
    this.#slots[packet.extSeq & this.#mask] = packet;
    if (packet.extSeq > this.newestSeq) this.newestSeq = packet.extSeq;
  }

  /** `undefined` when it never came or is overwritten. */
  get(extSeq: number): Packet | undefined {
    const packet = this.#slots[extSeq & this.#mask];
    return packet !== undefined && packet.extSeq === extSeq && this.holds(packet.position) ? packet : undefined;
  }

  /** What is here of the picture that begins with this packet, and the number after it. */
  pictureFrom(first: Packet): { bytes: number; endSeq: number } {
    let [bytes, endSeq] = [0, first.extSeq];
    for (let packet: Packet | undefined = first; packet?.timestamp === first.timestamp; packet = this.get(endSeq)) {
      bytes += packet.length;
      endSeq += 1;
    }
    return { bytes, endSeq };
  }

  /** Whether it ever came, as long as its slot is not taken by a newer one: also after its bytes are gone. */
  hasSeen(extSeq: number): boolean {
    return this.#slots[extSeq & this.#mask]?.extSeq === extSeq;
  }

  /** Whether what was written at `position` is still whole. */
  holds(position: number): boolean {
    return this.#end - position <= this.bytes.length;
  }
}
