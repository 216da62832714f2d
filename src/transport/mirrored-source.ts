import { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import { PublisherTrack } from '../media/track.ts';
import { FEED_HEADER_BYTES, type FeedRecord, type FeedSource } from './feed-records.ts';
import type { MediaMemory } from './media-memory.ts';

/** A publisher of another thread as it is seen here: its tracks with the packets that came over. */
export class MirroredSource {
  readonly id: string;
  readonly tracks: readonly PublisherTrack[];
  readonly #layers: readonly (readonly Layer[])[];

  constructor({ sessionId, tracks }: FeedSource, memory: MediaMemory) {
    this.id = sessionId;
    this.#layers = tracks.map(({ kind, layers }) =>
      layers.map(
        ({ rid, clockRate }) => new Layer({ kind, rid, clockRate, hasNack: false, cache: memory.createCache(kind) }),
      ),
    );
    this.tracks = tracks.map(
      ({ mid, kind }, track) => new PublisherTrack({ mid, kind, layers: this.#layers[track] ?? [] }),
    );
  }

  /** `undefined` where the same packet came before: each thread that begins to follow is told the cached ones. */
  packet(record: FeedRecord, bytes: Uint8Array, at: number, end: number): Packet | undefined {
    return replicate(this.#layer(record), record, bytes, at, end);
  }

  clock(record: FeedRecord): void {
    this.#layer(record)?.captured(record.timestamp, record.ms);
  }

  #layer({ track, layer }: FeedRecord): Layer | undefined {
    return this.#layers[track]?.[layer];
  }
}

/** A packet of another thread, in the layer that stands for its own here. */
export function replicate(
  layer: Layer | undefined,
  record: FeedRecord,
  bytes: Uint8Array,
  at: number,
  end: number,
): Packet | undefined {
  const { timestamp, marker, codec, extSeq, epoch, layering, ms } = record;
  const start = at + FEED_HEADER_BYTES;
  const input = { seq: extSeq & 0xffff, timestamp, marker, codec, bytes, start, end, layering };
  return layer?.replicate(input, { extSeq, epoch }, ms);
}
