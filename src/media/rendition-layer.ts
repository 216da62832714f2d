import { av1Payloads } from './codecs/av1-packets.ts';
import { IvfReader } from './ivf.ts';
import { Layer } from './layer.ts';
import type { Packet } from './packet.ts';
import type { PacketCache } from './packet-cache.ts';

export const RENDITION_CODEC = 'av1';
export const RENDITION_CLOCK_RATE = 90_000;
/** With the header, the transport-wide number, RTX and the seal, within what every path carries. */
const MAX_PAYLOAD_BYTES = 1_150;

/** What is further from now was not made of this stream, or lost its times on the way. */
const MAX_AHEAD_MS = 1_000;
const MAX_BEHIND_MS = 30_000;

/** Its pictures do not have the times of those they were made of. */
export class ForeignTime extends Error {
  override readonly name = 'ForeignTime';
}

/**
 * A layer whose pictures are made here, of another one's: IVF of AV1 in, packets out. It runs behind its source by what the
 * making takes, and its capture times say so exactly.
 */
export class RenditionLayer {
  readonly layer: Layer;
  readonly #reader = new IvfReader();
  readonly #originMs: number;
  #seq: number;
  #hasBegun = false;

  /** `originMs`: what the times of its pictures count from, on the clock of `nowMs`. */
  constructor(options: { name: string; cache: PacketCache; originMs: number; firstSeq: number }) {
    const { name: rid, cache } = options;
    const clockRate = RENDITION_CLOCK_RATE;
    this.layer = new Layer({ kind: 'video', rid, clockRate, hasNack: false, cache, isRendition: true });
    this.#originMs = options.originMs;
    this.#seq = options.firstSeq;
  }

  /** The next bytes, cut anywhere. Throws `IvfError` and `ForeignTime`. */
  push(bytes: Uint8Array, nowMs: number): readonly Packet[] {
    return this.#reader.push(bytes).flatMap(({ ms, data }) => this.#picture(ms, data, nowMs));
  }

  #picture(ms: number, unit: Uint8Array, nowMs: number): readonly Packet[] {
    const timestamp = Math.round((ms * RENDITION_CLOCK_RATE) / 1000) >>> 0;
    const capturedMs = this.#originMs + ms;
    const isForeign = capturedMs - nowMs > MAX_AHEAD_MS || nowMs - capturedMs > MAX_BEHIND_MS;
    if (isForeign) throw new ForeignTime('The times of its pictures are not those of the feed.');
    if (!this.#hasBegun) this.layer.captured(timestamp, capturedMs);
    this.#hasBegun = true;
    const payloads = av1Payloads(unit, MAX_PAYLOAD_BYTES);
    return payloads.flatMap((bytes, index) => {
      const marker = index === payloads.length - 1;
      const seq = this.#seq;
      this.#seq = (seq + 1) & 0xffff;
      const input = { seq, timestamp, marker, codec: RENDITION_CODEC, bytes, start: 0, end: bytes.length } as const;
      return this.layer.push(input, nowMs) ?? [];
    });
  }
}
