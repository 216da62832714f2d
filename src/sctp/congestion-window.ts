import { MAX_PACKET } from './packet.ts';
import { isAfter } from './serial.ts';

const FIRST_BYTES = 4 * MAX_PACKET;
const MAX_BYTES = 64 * 1024;

/** How many bytes may be under way (RFC 9260 section 7.2). */
export class CongestionWindow {
  #bytes = FIRST_BYTES;
  #threshold = MAX_BYTES;
  /** Losses up to here have been answered. */
  #recoveredAt: number | undefined;

  get bytes(): number {
    return this.#bytes;
  }

  /** `wasFull`: as much was under way as may be, or there is no reason for more. */
  acknowledged(bytes: number, wasFull: boolean, cumulativeTsn: number): void {
    if (this.#recoveredAt !== undefined) {
      if (isAfter(this.#recoveredAt, cumulativeTsn)) return;
      this.#recoveredAt = undefined;
    }
    if (!wasFull) return;
    const isSlowStart = this.#bytes <= this.#threshold;
    const more = isSlowStart ? Math.min(bytes, MAX_PACKET) : (bytes * MAX_PACKET) / this.#bytes;
    this.#bytes = Math.min(MAX_BYTES, this.#bytes + more);
  }

  /** Once for all that was under way at the time. */
  lost(newestTsn: number): void {
    if (this.#recoveredAt !== undefined) return;
    this.#recoveredAt = newestTsn;
    this.#halve();
    this.#bytes = this.#threshold;
  }

  expired(): void {
    this.#recoveredAt = undefined;
    this.#halve();
    this.#bytes = MAX_PACKET;
  }

  #halve(): void {
    this.#threshold = Math.max(this.#bytes / 2, FIRST_BYTES);
  }
}
