import { timingSafeEqual } from 'node:crypto';
import { hashSecret, mintSecret } from '../secrets.ts';
import type { StreamSink, SunkStream } from '../streams/ports.ts';
import type { RenditionDemand } from './demand.ts';
import { RenditionError } from './errors.ts';
import type { RenditionPlace, RenditionPlane } from './ports.ts';
import type { FeedSink, StreamFeeds } from './stream-feeds.ts';

/** So that what was cached before the stream was told of has a time too. */
const LEAD_MS = 60_000;

/** One that is live, and what transcoders do with it. */
interface Transcoded {
  readonly mediaId: string;
  /** What all times in its feeds and layers count from, as long as it lives, on the clock of the process. */
  readonly originMs: number;
  /** SHA-256 of what was granted. */
  readonly grants: Uint8Array[];
  /** By name, what ends a layer's writer. */
  readonly layers: Map<string, () => void>;
  /** Who makes smaller pictures of it. */
  readers: number;
  /** When the last of them left of its own. */
  leftMs: number | undefined;
}

/** A layer while its transcoder writes it. */
export interface LayerWriter {
  /** Rejects with `bad_layer`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface RenditionsOptions {
  readonly feeds: StreamFeeds;
  readonly media: RenditionPlane;
  readonly demand?: RenditionDemand;
  /** The clock of the process, in ms. */
  readonly now?: () => number;
}

/** What transcoders may read of live streams, and give back to them as further layers. */
export class Renditions implements StreamSink {
  readonly #feeds: StreamFeeds;
  readonly #media: RenditionPlane;
  readonly #demand: RenditionDemand | undefined;
  readonly #now: () => number;
  readonly #streams = new Map<string, Transcoded>();

  constructor({ feeds, media, demand, now = () => Number(process.hrtime.bigint()) / 1e6 }: RenditionsOptions) {
    this.#feeds = feeds;
    this.#media = media;
    this.#demand = demand;
    this.#now = now;
  }

  live({ id, mediaId }: SunkStream): void {
    if (this.#streams.has(id)) return;
    const originMs = this.#now() - LEAD_MS;
    this.#streams.set(id, { mediaId, originMs, grants: [], layers: new Map(), readers: 0, leftMs: undefined });
  }

  ended(streamId: string): void {
    const stream = this.#streams.get(streamId);
    if (!stream) return;
    this.#streams.delete(streamId);
    this.#demand?.ended(streamId);
    this.#feeds.ended(stream.mediaId);
    for (const end of [...stream.layers.values()]) end();
  }

  /** A token for one transcoder, as good as the stream lives; `undefined` where it does not. Only its hash is kept. */
  grant(streamId: string): string | undefined {
    const stream = this.#streams.get(streamId);
    if (!stream) return undefined;
    const { secret, hash } = mintSecret('');
    stream.grants.push(hash);
    return secret;
  }

  /** Throws `stream_over`. */
  allows(streamId: string, token: string): boolean {
    const hash = hashSecret(token);
    return this.#of(streamId).grants.some((grant) => timingSafeEqual(grant, hash));
  }

  /** What is published, as it comes, until the returned function is called. Throws `stream_over`. */
  feed(streamId: string, isKeyframesOnly: boolean, sink: FeedSink): () => void {
    const stream = this.#of(streamId);
    const { mediaId, originMs } = stream;
    // Keyframes alone are for thumbnails.
    const reader = isKeyframesOnly ? 0 : 1;
    const end = () => {
      stream.readers -= reader;
      sink.end();
    };
    const write = (bytes: Uint8Array) => sink.write(bytes);
    const stop = this.#feeds.open({ mediaId, originMs, isKeyframesOnly }, { write, end });
    if (!stop) throw over();
    stream.readers += reader;
    if (!isKeyframesOnly) stream.leftMs = undefined;
    return () => {
      if (!stop() || isKeyframesOnly) return;
      stream.readers -= 1;
      stream.leftMs = this.#now();
    };
  }

  /** How long ago its last reader left, as one does that was killed; `undefined` where none did, or another one reads. */
  unreadMs(streamId: string): number | undefined {
    const { readers, leftMs } = this.#streams.get(streamId) ?? { readers: 0, leftMs: undefined };
    return readers > 0 || leftMs === undefined ? undefined : this.#now() - leftMs;
  }

  /** `onEnd`: the stream is over, and the layer with it. Throws `stream_over` and `layer_taken`. */
  async openLayer(streamId: string, name: string, onEnd: () => void): Promise<LayerWriter> {
    const stream = this.#of(streamId);
    if (stream.layers.has(name)) throw new RenditionError(`The stream has a layer ${name}.`, { code: 'layer_taken' });
    const place = { streamId: stream.mediaId, name };
    stream.layers.set(name, onEnd);
    const close = async () => {
      // A thread that died took its layers along.
      if (stream.layers.delete(name)) await this.#media.closeRendition(place).catch(() => {});
    };
    try {
      await this.#media.openRendition({ ...place, originMs: stream.originMs });
    } catch (error) {
      await close();
      throw new RenditionError(wordsOf(error), { code: 'layer_taken', cause: error });
    }
    return { write: (bytes) => this.#write(place, bytes), close };
  }

  async #write(place: RenditionPlace, bytes: Uint8Array): Promise<void> {
    try {
      // What comes from a socket lies in memory that is larger than it, all of which would go along.
      await this.#media.writeRendition(place, new Uint8Array(bytes));
    } catch (error) {
      throw new RenditionError(wordsOf(error), { code: 'bad_layer', cause: error });
    }
  }

  #of(streamId: string): Transcoded {
    const stream = this.#streams.get(streamId);
    if (!stream) throw over();
    return stream;
  }
}

function over(): RenditionError {
  return new RenditionError('There is no such live stream.', { code: 'stream_over' });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
