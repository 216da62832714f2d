import { randomInt } from 'node:crypto';
import type { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import {
  FEED_HEADER_BYTES,
  type FeedPlace,
  type FeedRendition,
  type FeedSource,
  RENDITIONS_TRACK,
  writeFeedClock,
  writeFeedJson,
  writeFeedPacket,
} from './feed-records.ts';
import type { FeedRingWriter } from './feed-ring.ts';
import type { PublisherSession } from './publisher-session.ts';

/** What the other threads are told of one stream that is published on this one. */
export class StreamFeed {
  readonly #ring: FeedRingWriter;
  readonly #number: number;
  readonly #streamId: string;
  #places = new Map<Layer, FeedPlace>();
  /** Those that are there, with their numbers. */
  readonly #renditions = new Map<Layer, number>();
  // One that follows a thread that died must not take its numbers for those of before.
  #nextRendition = randomInt(2 ** 31);

  /** `number`: this feed's own among those of the ring. */
  constructor(options: { ring: FeedRingWriter; number: number; streamId: string }) {
    this.#ring = options.ring;
    this.#number = options.number;
    this.#streamId = options.streamId;
  }

  /** Who publishes now, and the groups of pictures that are cached, so that viewers elsewhere begin as they do here. */
  source(publisher: PublisherSession): void {
    this.#places = new Map();
    const tracks = publisher.tracks.map(({ mid, kind, layers }, track) => {
      const all = [...layers.values()];
      for (const [layer, one] of all.entries()) this.#places.set(one, { feed: this.#number, track, layer });
      return { mid, kind, layers: all.map(({ rid, clockRate }) => ({ rid, clockRate })) };
    });
    const source: FeedSource = { streamId: this.#streamId, sessionId: publisher.id, tracks };
    writeFeedJson(this.#ring, 'source', { feed: this.#number, track: 0, layer: 0 }, source);
    // Who writes down what comes needs its times at once; who mirrors it forgets them where a new source begins.
    this.clocks();
    for (const layer of this.#places.keys()) this.#group(layer);
    this.clocks();
    for (const layer of this.#renditions.keys()) this.#beginRendition(layer);
  }

  rendition(layer: Layer): void {
    this.#renditions.set(layer, this.#nextRendition++);
    this.#beginRendition(layer);
  }

  renditionEnded(layer: Layer): void {
    this.#tellRendition(layer, false);
    this.#places.delete(layer);
    this.#renditions.delete(layer);
  }

  packet(packet: Packet): void {
    const place = this.#places.get(packet.layer);
    if (!place) return;
    const at = this.#ring.begin(FEED_HEADER_BYTES + packet.length);
    writeFeedPacket(this.#ring.view, at, place, packet);
    const { bytes } = packet.layer.cache;
    this.#ring.bytes.set(bytes.subarray(packet.offset, packet.offset + packet.length), at + FEED_HEADER_BYTES);
    this.#ring.commit();
  }

  /** Which timestamp was captured when: after the publisher said so, and now and then. */
  clocks(): void {
    for (const layer of this.#places.keys()) this.#clock(layer);
  }

  #clock(layer: Layer): void {
    const place = this.#places.get(layer);
    if (!place || layer.cache.newestSeq < 0) return;
    const { newestTimestamp } = layer;
    const at = this.#ring.begin(FEED_HEADER_BYTES);
    writeFeedClock(this.#ring.view, at, place, newestTimestamp, layer.capturedMsOf(newestTimestamp));
    this.#ring.commit();
  }

  #beginRendition(layer: Layer): void {
    const number = this.#renditions.get(layer) ?? 0;
    this.#tellRendition(layer, true);
    this.#places.set(layer, { feed: this.#number, track: RENDITIONS_TRACK, layer: number });
    this.#group(layer);
    this.#clock(layer);
  }

  #tellRendition(layer: Layer, isThere: boolean): void {
    const number = this.#renditions.get(layer) ?? 0;
    const rendition: FeedRendition = { number, name: layer.rid, clockRate: layer.clockRate, isThere };
    writeFeedJson(this.#ring, 'rendition', { feed: this.#number, track: RENDITIONS_TRACK, layer: number }, rendition);
  }

  #group(layer: Layer): void {
    const start = layer.groupStart();
    if (start === undefined) return;
    for (let seq = start; seq <= layer.cache.newestSeq; seq += 1) {
      const packet = layer.cache.get(seq);
      if (packet) this.packet(packet);
    }
  }
}
