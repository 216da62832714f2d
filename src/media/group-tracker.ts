import type { Packet } from './packet.ts';
import type { PacketCache } from './packet-cache.ts';

/** The newest group of pictures of a layer: where a viewer may start, as long as all of it is cached. */
export class GroupTracker {
  readonly #cache: PacketCache;
  #first: Packet | undefined;
  /** The lowest position of the group: lower than that of a first packet which came late. */
  #position = 0;
  #bytes = 0;
  #intervalMs: number | undefined;
  #count = 0;

  constructor(cache: PacketCache) {
    this.#cache = cache;
  }

  /** Whether a packet with the payload of a group start begins a new group, and is not merely a second SPS of this one. */
  isNewStart(extSeq: number, timestamp: number): boolean {
    const first = this.#first;
    return first === undefined || extSeq < first.extSeq || timestamp !== first.timestamp;
  }

  /** After the packet was cached. */
  packet(packet: Packet): void {
    const first = this.#first;
    if (
      packet.isGroupStart &&
      (first === undefined || packet.extSeq > first.extSeq || packet.timestamp === first.timestamp)
    ) {
      this.#begin(packet);
    } else if (first !== undefined && packet.extSeq > first.extSeq) {
      this.#bytes += packet.length;
    }
  }

  /** `undefined` when there is none, or when parts of it are overwritten. */
  get start(): number | undefined {
    const first = this.#first;
    if (first === undefined || !this.#cache.holds(this.#position)) return undefined;
    return this.#cache.get(first.extSeq) === first ? first.extSeq : undefined;
  }

  get firstSeq(): number {
    return this.#first?.extSeq ?? -1;
  }

  get startedMs(): number {
    return this.#first?.arrivedMs ?? 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Arrival to arrival of the last two group starts. */
  get intervalMs(): number | undefined {
    return this.#intervalMs;
  }

  /** Groups so far. */
  get count(): number {
    return this.#count;
  }

  reset(): void {
    this.#first = undefined;
    this.#bytes = 0;
    this.#intervalMs = undefined;
  }

  #begin(first: Packet): void {
    const before = this.#first;
    if (before !== undefined && before.timestamp !== first.timestamp) {
      this.#intervalMs = first.arrivedMs - before.arrivedMs;
    }
    if (before?.timestamp !== first.timestamp) this.#count += 1;
    this.#first = first;
    this.#position = first.position;
    this.#bytes = first.length;
    // A first packet that came late finds its followers here already.
    for (let seq = first.extSeq + 1; seq <= this.#cache.newestSeq; seq++) {
      const packet = this.#cache.get(seq);
      if (packet === undefined) continue;
      this.#position = Math.min(this.#position, packet.position);
      this.#bytes += packet.length;
    }
  }
}
