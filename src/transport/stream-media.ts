import type { Layer } from '../media/layer.ts';
import type { LayerOffer } from '../media/layer-selector.ts';
import type { OperatingPoint } from '../media/operating-point.ts';
import type { Packet } from '../media/packet.ts';
import type { MediaKind } from '../media/plan.ts';
import { RENDITION_CODEC } from '../media/rendition-layer.ts';
import type { RenditionStats } from '../media/stats.ts';
import { ladderOf, type PublisherTrack } from '../media/track.ts';
import type { MirroredSource } from './mirrored-source.ts';
import { PacketBatch } from './packet-batch.ts';
import type { PublisherSession } from './publisher-session.ts';
import type { StreamFeed } from './stream-feed.ts';
import type { ViewerSession } from './viewer-session.ts';

const KINDS: readonly MediaKind[] = ['audio', 'video'];
// Waiting for the rest of a picture pays only where many viewers share the cost of a kernel message.
const HOLD_VIEWERS = 8;
const HOLD_MS = 2;

/** What can be sent now, from the least to the best. */
interface Ladders {
  readonly published: readonly LayerOffer<OperatingPoint>[];
  /** With what is made here of it. */
  readonly all: readonly LayerOffer<OperatingPoint>[];
}

const NO_LADDERS: Ladders = { published: [], all: [] };

/** One stream on its thread: who publishes, who watches, and what has come in since the last flush. */
export class StreamMedia {
  readonly id: string;
  readonly #viewers = new Set<ViewerSession>();
  /** Sent to those who left, and all that was told so far. */
  #sentToLeft = 0;
  #sentTold = 0;
  /** Those who catch up: asked each millisecond. */
  readonly #replaying = new Set<ViewerSession>();
  publisher: PublisherSession | undefined;
  /** What is made here of what is published; it outlasts a publisher. */
  readonly renditions = new Set<Layer>();
  /** While other threads have viewers of this stream. */
  feed: StreamFeed | undefined;
  /** Where the stream is published on another thread. */
  #mirror: MirroredSource | undefined;
  readonly #pending = new Map<Layer, Packet[]>();
  readonly #chosen = new Map<MediaKind, Layer>();

  readonly #onCrash: (viewer: ViewerSession, error: unknown) => void;

  /** `onCrash`: a bug showed in serving this viewer; the others go on. */
  constructor(id: string, onCrash: (viewer: ViewerSession, error: unknown) => void) {
    this.id = id;
    this.#onCrash = onCrash;
  }

  get viewers(): ReadonlySet<ViewerSession> {
    return this.#viewers;
  }

  viewerConnected(viewer: ViewerSession): void {
    this.#viewers.add(viewer);
  }

  viewerLeft(viewer: ViewerSession): void {
    if (this.#viewers.delete(viewer)) this.#sentToLeft += viewer.sentBytes;
  }

  /** Payload sent to viewers since the last call. */
  takeSentBytes(): number {
    let sent = this.#sentToLeft;
    for (const viewer of this.#viewers) sent += viewer.sentBytes;
    const grown = sent - this.#sentTold;
    this.#sentTold = sent;
    return grown;
  }

  /** Whose packets these are. */
  get source(): PublisherSession | MirroredSource | undefined {
    return this.publisher ?? this.#mirror;
  }

  collect(packet: Packet): void {
    this.feed?.packet(packet);
    const packets = this.#pending.get(packet.layer);
    if (packets) packets.push(packet);
    else this.#pending.set(packet.layer, [packet]);
  }

  /** Sends what has come in. True when part of a picture is held back, or a viewer catches up: again within 2 ms. */
  flush(nowMs: number, mayHold: boolean): boolean {
    let isHolding = false;
    for (const [layer, packets] of this.#pending) {
      if (mayHold && this.#shouldHold(packets, nowMs)) {
        isHolding = true;
        continue;
      }
      this.#pending.delete(layer);
      if (!this.#chosen.has(layer.kind) && !layer.isRendition) this.#chooseFirst(layer, packets, nowMs);
      const batch = new PacketBatch(layer, packets);
      for (const viewer of this.viewers) this.#offer(viewer, batch, nowMs);
    }
    return isHolding || this.#replaying.size > 0;
  }

  /**
   * Settles which layers viewers get, from what was heard lately and what their links carry. True when some of them have
   * to catch up.
   */
  choose(nowMs: number): boolean {
    this.flush(nowMs, false);
    for (const kind of KINDS) {
      const best = this.#track(kind)?.best(nowMs);
      if (!best) continue;
      this.#chosen.set(kind, best);
      const ladders = this.#ladders(kind, nowMs);
      for (const viewer of this.viewers) this.#settle(viewer, ladders, best, nowMs);
    }
    return this.replayAll(nowMs);
  }

  /** A viewer who connected, or asks for something else, gets what is already here. */
  serve(viewer: ViewerSession, nowMs: number): void {
    this.flush(nowMs, false);
    for (const [kind, best] of this.#chosen) this.#settle(viewer, this.#ladders(kind, nowMs), best, nowMs);
    this.#replay(viewer, nowMs);
  }

  /** Sends each viewer that is catching up its next chunk. True while there is one. */
  replayAll(nowMs: number): boolean {
    if (this.#replaying.size > 0) this.flush(nowMs, false);
    for (const viewer of this.#replaying) {
      const goesOn = this.viewers.has(viewer) && this.#replay(viewer, nowMs);
      if (!goesOn) this.#replaying.delete(viewer);
    }
    return this.#replaying.size > 0;
  }

  /** Viewers stay on the old publisher's layers until packets of the new one are here: the first of these choose anew. */
  setPublisher(publisher: PublisherSession, nowMs: number): void {
    this.flush(nowMs, false);
    this.publisher = publisher;
    this.#chosen.clear();
    this.feed?.source(publisher);
  }

  /** The same for a publisher of another thread. */
  setMirror(mirror: MirroredSource, nowMs: number): void {
    this.flush(nowMs, false);
    this.#mirror = mirror;
    this.#chosen.clear();
  }

  renditionStats(nowMs: number): readonly RenditionStats[] {
    return [...this.renditions].map((layer) => ({
      ...layer.stats(nowMs),
      codec: RENDITION_CODEC,
      delayMs: Math.max(0, Math.round(layer.lastArrivalMs - layer.capturedMsOf(layer.newestTimestamp))),
    }));
  }

  /** Whether some viewer has, or could do with, what is made here. */
  get wantsRenditions(): boolean {
    const published = this.#track('video')?.layers;
    return [...this.#viewers].some((viewer) => viewer.wantsRenditions((rid) => published?.has(rid) ?? false));
  }

  addRendition(layer: Layer): void {
    this.renditions.add(layer);
    this.feed?.rendition(layer);
  }

  /** Whoever was sent it goes on with another layer at once. */
  endRendition(layer: Layer, nowMs: number): void {
    if (!this.renditions.delete(layer)) return;
    this.flush(nowMs, false);
    this.feed?.renditionEnded(layer);
    for (const viewer of this.viewers) viewer.lost(layer);
    this.choose(nowMs);
  }

  #track(kind: MediaKind): PublisherTrack | undefined {
    return this.source?.tracks.find((track) => track.kind === kind);
  }

  /** Nobody chooses among sounds. */
  #ladders(kind: MediaKind, nowMs: number): Ladders {
    if (kind === 'audio') return NO_LADDERS;
    const published = this.#track(kind)?.ladder(nowMs) ?? [];
    const made = this.renditions.size > 0 ? ladderOf([...this.renditions].filter(isKnown), nowMs) : [];
    return { published, all: made.length > 0 ? [...made, ...published].toSorted(bySize) : published };
  }

  #offer(viewer: ViewerSession, batch: PacketBatch, nowMs: number): void {
    try {
      const track = viewer.track(batch.layer.kind);
      track?.offer(batch, nowMs);
      if (batch.layer.isRendition && track?.isReplaying) this.#replaying.add(viewer);
    } catch (error) {
      this.#onCrash(viewer, error);
    }
  }

  #settle(viewer: ViewerSession, { published, all }: Ladders, best: Layer, nowMs: number): void {
    try {
      const ladder = viewer.takesRenditions ? all : published;
      const point = ladder.length > 0 ? viewer.choose(ladder, nowMs) : best.points.whole;
      if (point && !(ladder.length > 0 && viewer.isDraining(nowMs))) this.#follow(viewer, point, nowMs);
    } catch (error) {
      this.#onCrash(viewer, error);
    }
  }

  #replay(viewer: ViewerSession, nowMs: number): boolean {
    try {
      for (const track of viewer.tracks) if (track.isReplaying) track.replay(nowMs);
      return viewer.tracks.some((track) => track.isReplaying);
    } catch (error) {
      this.#onCrash(viewer, error);
      return false;
    }
  }

  // Nothing was sent of this layer so far and these packets are about to be: viewers begin with them, not with the cache.
  #chooseFirst(layer: Layer, packets: readonly Packet[], nowMs: number): void {
    this.#chosen.set(layer.kind, layer);
    for (const viewer of this.viewers) if (viewer.permits(layer)) viewer.track(layer.kind)?.want(layer, nowMs);
    const isAwaited = layer.kind === 'video' && this.viewers.size > 0;
    if (isAwaited && !packets.some(({ isGroupStart }) => isGroupStart)) layer.keyframes.want(nowMs);
  }

  #follow(viewer: ViewerSession, point: OperatingPoint, nowMs: number): void {
    const { layer } = point;
    const track = viewer.track(layer.kind);
    if (!track) return;
    const needsKeyframe = track.limit(point);
    if (track.follow(layer, nowMs) || needsKeyframe) layer.keyframes.want(nowMs);
    if (track.isReplaying) this.#replaying.add(viewer);
  }

  #shouldHold(packets: readonly Packet[], nowMs: number): boolean {
    const first = packets[0];
    const last = packets.at(-1);
    if (!first || !last || first.layer.kind === 'audio' || last.marker) return false;
    return this.viewers.size >= HOLD_VIEWERS && nowMs - first.arrivedMs < HOLD_MS;
  }
}

/** Before its first keyframe a layer can not be begun with. */
function isKnown({ size }: Layer): boolean {
  return size !== undefined;
}

/** Each a layer as a whole, or a part of it, which is in its place among its own already. */
function bySize(a: LayerOffer<OperatingPoint>, b: LayerOffer<OperatingPoint>): number {
  const areaGain = (a.width ?? 0) * (a.height ?? 0) - (b.width ?? 0) * (b.height ?? 0);
  return areaGain !== 0 ? areaGain : a.bitrateBps - b.bitrateBps;
}
