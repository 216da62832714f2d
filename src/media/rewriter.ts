import type { Layer } from './layer.ts';
import type { OperatingPoint } from './operating-point.ts';
import type { Packet, Vp8Ids } from './packet.ts';
import { extend, timestampDelta } from './sequence.ts';
import { Timeline } from './timeline.ts';

/** How the packets of one source, from one packet on, become a viewer's: what is added to each number. */
export interface Segment {
  readonly layer: Layer;
  /** Whose numbers are changed here. */
  readonly point: OperatingPoint;
  /** The viewer's extended sequence number of its first packet. */
  readonly firstOut: number;
  readonly seqOffset: number;
  readonly timeline: Timeline;
  readonly pictureIdShift: number;
  readonly tl0Shift: number;
}

export interface LocatedPacket {
  readonly layer: Layer;
  readonly extSeq: number;
  readonly outSeq: number;
  /** What `rewritePayload` and the timestamp of this very packet need, since the viewer may be on another source by now. */
  readonly segment: Segment;
}

/** From now on the cached packets are sent faster than they came, until they are in step. */
export interface Replay {
  readonly nowMs: number;
  readonly catchUpMs: number;
  /** They go on where those sent so far end, which were behind: what is sent too early is for the receiver to hold. */
  readonly isSeamless?: boolean;
}

// NACKs reach back a second or so; no viewer changes sources more often in that time.
const KEPT_SEGMENTS = 16;

// One frame at 60 per second: time has to go on even where the clock has not.
const MIN_STEP_MS = 1000 / 60;
// Clocks that say so much else than what was seen to pass are not of one publisher, or wrong.
const MAX_DISAGREEMENT_MS = 100;

/**
 * Maps the packets of whatever source a viewer is shown to his one unbroken RTP stream: sequence numbers, timestamps and
 * VP8 picture ids go on across sources.
 */
export class Rewriter {
  seqOffset = 0;
  /** Whether payloads of the current source must be patched: VP8 after a switch. */
  rewritesPayload = false;
  readonly #clockRate: number;
  readonly #firstSeq: number;
  /** Oldest first; the last one is in force. */
  readonly #segments: Segment[] = [];
  /** Of the packet with the highest outgoing number. */
  #highestOut = -1;
  #timeline = Timeline.from({ offset: 0, first: 0, start: 0, until: 0 });
  #last: Packet | undefined;
  #lastSegment: Segment | undefined;

  /** `firstSeq` below 32768, so that the receiver's first guess of the rollover counter, 0, is right. */
  constructor(options: { clockRate: number; firstSeq: number }) {
    this.#clockRate = options.clockRate;
    this.#firstSeq = options.firstSeq;
  }

  /**
   * The next packets come from another source, or from another epoch or place of the same one, beginning with `first`.
   * The first call keeps the publisher's timestamps, of what is not replayed. Packets are those of `point`, here and from
   * now on.
   */
  switchTo(first: Packet, point: OperatingPoint = first.layer.points.whole, replay?: Replay): void {
    this.#begin(this.#segmentFrom(first, point, replay), first);
  }

  /** The same source goes on with more or less of it. `before`: the packet `first` as it would have been so far. */
  goOn(first: Packet, before: Packet, point: OperatingPoint): void {
    const current = this.#segments.at(-1);
    if (current === undefined) return;
    const firstOut = before.extSeq + current.seqOffset;
    const hasPictureIds = first.vp8 !== undefined && before.vp8 !== undefined && first.vp8.pictureId >= 0;
    const moved = hasPictureIds ? before.vp8.pictureId - first.vp8.pictureId : 0;
    const pictureIdShift = (current.pictureIdShift + moved) & 0x7fff;
    const timeline = current.timeline.goOn(first);
    this.#begin({ ...current, point, firstOut, seqOffset: firstOut - first.extSeq, timeline, pictureIdShift }, first);
  }

  #begin(segment: Segment, first: Packet): void {
    // A segment of which nothing went out gives its place to this one.
    if (this.#segments.at(-1)?.firstOut === segment.firstOut) this.#segments.pop();
    this.#segments.push(segment);
    if (this.#segments.length > KEPT_SEGMENTS) this.#segments.shift();
    this.seqOffset = segment.seqOffset;
    this.#timeline = segment.timeline;
    const isThinned = !segment.point.isWhole && first.vp8 !== undefined;
    this.rewritesPayload = isThinned || segment.pictureIdShift !== 0 || segment.tl0Shift !== 0;
  }

  /** With the highest number that went out. */
  get last(): Packet | undefined {
    return this.#last;
  }

  /** The highest number that went out, extended; -1 before any. */
  get highestOut(): number {
    return this.#highestOut;
  }

  /** The extended outgoing number of a packet of the current source, at or after its first one. */
  seqOf(packet: Packet): number {
    return packet.extSeq + this.seqOffset;
  }

  timestampOf(packet: Packet): number {
    return this.#timeline.of(packet);
  }

  /** The viewer's time of what the current source captures at this time of its own. */
  timeOf(timestamp: number): number {
    return (timestamp + this.#timeline.offset) >>> 0;
  }

  /** A packet of the current source went out; of a batch, the one with the highest number is enough. */
  sent(packet: Packet): void {
    const outSeq = packet.extSeq + this.seqOffset;
    if (outSeq <= this.#highestOut) return;
    this.#highestOut = outSeq;
    this.#last = packet;
    this.#lastSegment = this.#segments.at(-1);
    this.#timeline.sent(packet);
  }

  /** Patches picture id and TL0PICIDX in `target`, which begins with a copy of the packet's payload. */
  rewritePayload(packet: Packet, target: Uint8Array, segment: Segment | undefined = this.#segments.at(-1)): void {
    const ids = packet.vp8;
    if (ids === undefined || segment === undefined) return;
    const pictureId = ids.pictureId + segment.pictureIdShift;
    if (ids.pictureId >= 0 && ids.pictureIdBits === 15) {
      target[ids.pictureIdAt] = 0x80 | ((pictureId >> 8) & 0x7f);
      target[ids.pictureIdAt + 1] = pictureId & 0xff;
    } else if (ids.pictureId >= 0) {
      target[ids.pictureIdAt] = pictureId & 0x7f;
    }
    if (ids.tl0PicIdx >= 0) target[ids.tl0At] = (ids.tl0PicIdx + segment.tl0Shift) & 0xff;
  }

  /** Which source packet went out, or would have had it come, under a 16-bit number that a viewer asks for again. */
  locate(seq16: number): LocatedPacket | undefined {
    if (this.#highestOut < 0) return undefined;
    const outSeq = extend(this.#highestOut, seq16);
    if (outSeq > this.#highestOut) return undefined;
    const segment = this.#segments.findLast((candidate) => candidate.firstOut <= outSeq);
    return segment && { layer: segment.layer, extSeq: outSeq - segment.seqOffset, outSeq, segment };
  }

  #segmentFrom(first: Packet, point: OperatingPoint, replay: Replay | undefined): Segment {
    const { layer } = first;
    const last = this.#last;
    const lastSegment = this.#lastSegment;
    if (last === undefined || lastSegment === undefined) {
      const seqOffset = this.#firstSeq - first.extSeq;
      const timeline = this.#timelineOf(first, 0, first.timestamp, replay);
      return { layer, point, firstOut: this.#firstSeq, seqOffset, timeline, pictureIdShift: 0, tl0Shift: 0 };
    }
    const firstOut = this.#highestOut + 1;
    const newest = last.timestamp + lastSegment.timeline.offset + this.#ticks(stepMs(last, layer));
    const offset = (newest - layer.newestTimestamp) >>> 0;
    const earliest = lastSegment.timeline.of(last) + this.#ticks(MIN_STEP_MS);
    return {
      layer,
      point,
      firstOut,
      seqOffset: firstOut - first.extSeq,
      timeline: this.#timelineOf(first, offset, earliest, replay),
      ...vp8Shifts(first.vp8, last.vp8, lastSegment),
    };
  }

  /** What is replayed begins now and is in step when all of it is sent. Nothing is at a time before `earliest`. */
  #timelineOf({ layer, timestamp }: Packet, offset: number, earliest: number, replay: Replay | undefined): Timeline {
    const now = layer.newestTimestamp + this.#ticks(replay ? replay.nowMs - layer.lastArrivalMs : 0);
    const isLate = replay && !replay.isSeamless && timestampDelta(earliest, now + offset) > 0;
    return Timeline.from({
      offset,
      first: timestamp,
      start: isLate ? now + offset : earliest,
      until: now + this.#ticks(replay?.catchUpMs ?? 0),
    });
  }

  #ticks(ms: number): number {
    return Math.round((ms * this.#clockRate) / 1000);
  }
}

/**
 * From the capture of the last packet to that of the layer's newest: so the time in the viewer's sender reports goes on
 * as his timestamps do. A browser takes half a minute to forget a step between them.
 */
function stepMs(last: Packet, layer: Layer): number {
  const arrivedMs = layer.lastArrivalMs - last.arrivedMs;
  // A source that restarted took its clock along.
  if (last.layer.epoch !== last.epoch) return arrivedMs;
  const capturedMs = layer.capturedMsOf(layer.newestTimestamp) - last.layer.capturedMsOf(last.timestamp);
  // What is made here comes later than what it is made of, and tells exactly by how much.
  if (layer.isRendition || last.layer.isRendition) return capturedMs;
  return Math.abs(capturedMs - arrivedMs) <= MAX_DISAGREEMENT_MS ? capturedMs : arrivedMs;
}

/** A repeated picture id freezes Chromium, so the first picture of a new source takes the next one. */
function vp8Shifts(first: Vp8Ids | undefined, last: Vp8Ids | undefined, lastSegment: Segment) {
  const hasPictureIds = first !== undefined && last !== undefined && first.pictureId >= 0 && last.pictureId >= 0;
  const hasTl0 = first !== undefined && last !== undefined && first.tl0PicIdx >= 0 && last.tl0PicIdx >= 0;
  return {
    pictureIdShift: hasPictureIds ? (last.pictureId + lastSegment.pictureIdShift + 1 - first.pictureId) & 0x7fff : 0,
    tl0Shift: hasTl0 ? (last.tl0PicIdx + lastSegment.tl0Shift + 1 - first.tl0PicIdx) & 0xff : 0,
  };
}
