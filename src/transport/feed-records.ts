import type { LayerFacts } from '../media/layer-facts.ts';
import type { Packet } from '../media/packet.ts';
import type { CodecName, MediaKind } from '../media/plan.ts';
import type { FeedRingWriter } from './feed-ring.ts';
import { fromProcessMs, toProcessMs } from './process-clock.ts';

/**
 * What one media thread tells the others of a stream: `source` who publishes now, then its packets in the order they came,
 * and now and then which timestamp was captured when; `rendition` that a layer made here is there, or gone. Only threads of one process read it, so it has no version.
 */
export type FeedRecordType = 'source' | 'packet' | 'clock' | 'rendition';

export interface FeedSource {
  readonly streamId: string;
  /** The publisher's session: the same one may be told of more than once. */
  readonly sessionId: string;
  readonly tracks: readonly {
    readonly mid: string;
    readonly kind: MediaKind;
    readonly layers: readonly { readonly rid: string; readonly clockRate: number }[];
  }[];
}

/** A layer that is made here, of any publisher's. Packets name it by its number, in place of a layer of a track. */
export interface FeedRendition {
  readonly number: number;
  readonly name: string;
  readonly clockRate: number;
  readonly isThere: boolean;
}

/** The track of such layers: beyond those of any publisher. */
export const RENDITIONS_TRACK = 255;

/** Which layer of which stream a record is about: the writer's own numbers. */
export interface FeedPlace {
  readonly feed: number;
  readonly track: number;
  readonly layer: number;
}

const TYPES: readonly FeedRecordType[] = ['source', 'packet', 'clock', 'rendition'];
const CODECS: readonly CodecName[] = ['opus', 'h264', 'vp8', 'vp9', 'av1'];
export const FEED_HEADER_BYTES = 48;
const TYPE = 0;
const MARKER = 1;
const CODEC = 2;
const TRACK = 3;
const FEED = 4;
const LAYER = 8;
const TIMESTAMP = 12;
const EPOCH = 16;
const SEQ = 24;
// When the packet arrived, or the media of the timestamp was captured: on the clock of the process.
const TIME = 32;
const FACTS = 40;
const HAS_FACTS = 1;
const IS_LAYER_END = 2;
const IS_LAYER_START = 4;

function writeFeedHeader(view: DataView, at: number, type: FeedRecordType, place: FeedPlace): void {
  view.setUint8(at + TYPE, TYPES.indexOf(type));
  view.setUint8(at + TRACK, place.track);
  view.setUint32(at + FEED, place.feed);
  view.setUint32(at + LAYER, place.layer);
}

/** A record whose contents are JSON. */
export function writeFeedJson(
  ring: FeedRingWriter,
  type: 'source' | 'rendition',
  place: FeedPlace,
  contents: object,
): void {
  const json = Buffer.from(JSON.stringify(contents));
  const at = ring.begin(FEED_HEADER_BYTES + json.length);
  writeFeedHeader(ring.view, at, type, place);
  ring.bytes.set(json, at + FEED_HEADER_BYTES);
  ring.commit();
}

export function writeFeedPacket(view: DataView, at: number, place: FeedPlace, packet: Packet): void {
  writeFeedHeader(view, at, 'packet', place);
  view.setUint8(at + MARKER, packet.marker ? 1 : 0);
  view.setUint8(at + CODEC, CODECS.indexOf(packet.codec));
  view.setUint32(at + TIMESTAMP, packet.timestamp);
  view.setUint32(at + EPOCH, packet.epoch);
  view.setFloat64(at + SEQ, packet.extSeq);
  view.setFloat64(at + TIME, toProcessMs(packet.arrivedMs));
  writeFacts(view, at + FACTS, packet.layering);
}

export function writeFeedClock(
  view: DataView,
  at: number,
  place: FeedPlace,
  timestamp: number,
  capturedMs: number,
): void {
  writeFeedHeader(view, at, 'clock', place);
  view.setUint32(at + TIMESTAMP, timestamp);
  view.setFloat64(at + TIME, toProcessMs(capturedMs));
}

function writeFacts(view: DataView, at: number, facts: LayerFacts | undefined): void {
  view.setUint8(at, facts ? flagsOf(facts) : 0);
  if (!facts) return;
  view.setUint8(at + 1, facts.spatialId);
  view.setUint8(at + 2, facts.temporalId);
  view.setUint8(at + 3, facts.riseFrom);
  view.setUint8(at + 4, facts.riseTo);
}

function flagsOf({ isLayerStart, isLayerEnd }: LayerFacts): number {
  return HAS_FACTS | (isLayerStart ? IS_LAYER_START : 0) | (isLayerEnd ? IS_LAYER_END : 0);
}

function readFacts(view: DataView, at: number): LayerFacts | undefined {
  const flags = view.getUint8(at);
  if ((flags & HAS_FACTS) === 0) return undefined;
  return {
    spatialId: view.getUint8(at + 1),
    temporalId: view.getUint8(at + 2),
    isLayerStart: (flags & IS_LAYER_START) !== 0,
    isLayerEnd: (flags & IS_LAYER_END) !== 0,
    riseFrom: view.getUint8(at + 3),
    riseTo: view.getUint8(at + 4),
  };
}

/** A look at one record after the other, without making objects. */
export class FeedRecord {
  readonly #view: DataView;
  #at = 0;

  constructor(view: DataView) {
    this.#view = view;
  }

  look(at: number): this {
    this.#at = at;
    return this;
  }

  get type(): FeedRecordType | undefined {
    return TYPES[this.#view.getUint8(this.#at + TYPE)];
  }

  get marker(): boolean {
    return this.#view.getUint8(this.#at + MARKER) === 1;
  }

  get codec(): CodecName {
    return CODECS[this.#view.getUint8(this.#at + CODEC)] ?? 'opus';
  }

  get track(): number {
    return this.#view.getUint8(this.#at + TRACK);
  }

  get feed(): number {
    return this.#view.getUint32(this.#at + FEED);
  }

  get layer(): number {
    return this.#view.getUint32(this.#at + LAYER);
  }

  get timestamp(): number {
    return this.#view.getUint32(this.#at + TIMESTAMP);
  }

  get layering(): LayerFacts | undefined {
    return readFacts(this.#view, this.#at + FACTS);
  }

  get epoch(): number {
    return this.#view.getUint32(this.#at + EPOCH);
  }

  get extSeq(): number {
    return this.#view.getFloat64(this.#at + SEQ);
  }

  /** When the packet arrived, or the media of the timestamp was captured, on this thread's clock. */
  get ms(): number {
    return fromProcessMs(this.#view.getFloat64(this.#at + TIME));
  }
}
