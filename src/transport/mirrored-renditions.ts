import { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import type { FeedRecord, FeedRendition } from './feed-records.ts';
import type { MediaMemory } from './media-memory.ts';
import { replicate } from './mirrored-source.ts';
import type { StreamMedia } from './stream-media.ts';

/** The layers made here, of a stream that is published on another thread. */
export class MirroredRenditions {
  readonly #stream: StreamMedia;
  readonly #memory: MediaMemory;
  /** By the number that the other thread gave them. */
  readonly #layers = new Map<number, Layer>();

  constructor(stream: StreamMedia, memory: MediaMemory) {
    this.#stream = stream;
    this.#memory = memory;
  }

  told({ number, name, clockRate, isThere }: FeedRendition, nowMs: number): void {
    const known = this.#layers.get(number);
    if (!isThere && known) this.#end(number, known, nowMs);
    if (!isThere || known) return;
    const cache = this.#memory.createCache('video');
    const layer = new Layer({ kind: 'video', rid: name, clockRate, hasNack: false, cache, isRendition: true });
    this.#layers.set(number, layer);
    this.#stream.addRendition(layer);
  }

  packet(record: FeedRecord, bytes: Uint8Array, at: number, end: number): Packet | undefined {
    return replicate(this.#layers.get(record.layer), record, bytes, at, end);
  }

  clock({ layer, timestamp, ms }: FeedRecord): void {
    this.#layers.get(layer)?.captured(timestamp, ms);
  }

  #end(number: number, layer: Layer, nowMs: number): void {
    this.#layers.delete(number);
    this.#stream.endRendition(layer, nowMs);
  }
}
