import type { PictureSize } from './codecs/payload-facts.ts';
import type { LayerIds } from './dependency-descriptor.ts';
import type { Layer } from './layer.ts';
import { TOP } from './layer-facts.ts';
import type { LayerOffer } from './layer-selector.ts';
import { OperatingPoint } from './operating-point.ts';
import type { Packet } from './packet.ts';
import { RateMeter } from './rate-meter.ts';

const BASE: LayerIds = { spatialId: 0, temporalId: 0 };
// A picture is a row of stills below the first, and no longer one above the second.
const CHOPPY_FPS = 7;
const SMOOTH_FPS = 9;

interface Share extends LayerIds {
  readonly bits: RateMeter;
  readonly pictures: RateMeter;
}

/** What of a layer can be sent: all of it, or less where its encoder divided it into spatial and temporal layers. */
export class OperatingPoints {
  /** All of it. */
  readonly whole: OperatingPoint;
  readonly #layer: Layer;
  readonly #points = new Map<number, OperatingPoint>();
  /** What each spatial and temporal layer adds. */
  readonly #shares = new Map<number, Share>();
  readonly #smooth = new Set<OperatingPoint>();
  /** Of the last packet, with its time. */
  #last = { timestamp: -1, temporalId: 0 };
  // A picture in two temporal layers at once (L2T2_KEY_SHIFT): with fewer of them it would lose its end, or its beginning.
  #isShifted = false;

  constructor(layer: Layer) {
    this.#layer = layer;
    this.whole = this.at(TOP, TOP);
  }

  /** The same object for the same layers. */
  at(spatialId: number, temporalId: number): OperatingPoint {
    const key = spatialId * (TOP + 1) + temporalId;
    const known = this.#points.get(key);
    if (known) return known;
    const point = new OperatingPoint(this.#layer, spatialId, temporalId);
    this.#points.set(key, point);
    return point;
  }

  packet({ layering, length, isFrameStart, arrivedMs, timestamp }: Packet): void {
    if (!layering && this.#shares.size === 0) return;
    const { spatialId, temporalId } = layering ?? BASE;
    if (layering) this.#noteShift({ timestamp, temporalId });
    const key = spatialId * (TOP + 1) + temporalId;
    const known = this.#shares.get(key);
    const share = known ?? { spatialId, temporalId, bits: new RateMeter(), pictures: new RateMeter() };
    if (!known) this.#shares.set(key, share);
    share.bits.add(length * 8, arrivedMs);
    if (isFrameStart) share.pictures.add(1, arrivedMs);
  }

  /** The highest temporal layer heard of. */
  get highestTemporalId(): number {
    return Math.max(0, ...[...this.#shares.values()].map(({ temporalId }) => temporalId));
  }

  /** What can be sent now, from the least to the best. */
  offers(nowMs: number): readonly LayerOffer<OperatingPoint>[] {
    const shares = [...this.#shares.values()].filter(({ bits }) => bits.perSecond(nowMs) > 0);
    const spatialIds = risingIds(shares.map(({ spatialId }) => spatialId));
    const temporalIds = risingIds(shares.map(({ temporalId }) => temporalId));
    const highest = { spatialId: spatialIds.at(-1) ?? 0, temporalId: temporalIds.at(-1) ?? 0 };
    return spatialIds.flatMap((spatialId) =>
      (this.#isShifted && spatialId > 0 ? temporalIds.slice(-1) : temporalIds).map((temporalId) =>
        this.#offer({ spatialId, temporalId }, highest, shares, nowMs),
      ),
    );
  }

  reset(): void {
    this.#shares.clear();
    this.#last = { timestamp: -1, temporalId: 0 };
    this.#isShifted = false;
  }

  #noteShift(packet: { timestamp: number; temporalId: number }): void {
    const { timestamp, temporalId } = this.#last;
    if (timestamp === packet.timestamp && temporalId !== packet.temporalId) this.#isShifted = true;
    this.#last = packet;
  }

  #offer(ids: LayerIds, highest: LayerIds, shares: readonly Share[], nowMs: number): LayerOffer<OperatingPoint> {
    const isAllSpatial = ids.spatialId === highest.spatialId;
    const isAllTemporal = ids.temporalId === highest.temporalId;
    const layer = this.at(isAllSpatial ? TOP : ids.spatialId, isAllTemporal ? TOP : ids.temporalId);
    const bitrateBps = this.#layer.bitrateBps(nowMs);
    const pictures = shares.filter(({ temporalId }) => temporalId <= ids.temporalId);
    const own = pictures.filter(({ spatialId }) => spatialId <= ids.spatialId);
    const framesPerSecond = sumOf(pictures.map((share) => share.pictures.perSecond(nowMs)));
    return {
      layer,
      bitrateBps: layer.isWhole ? bitrateBps : Math.round(sumOf(own.map(({ bits }) => bits.perSecond(nowMs)))),
      rid: this.#layer.rid,
      spatialLayerId: ids.spatialId,
      temporalLayerId: ids.temporalId,
      isChoppy: !isAllTemporal && this.#isChoppy(layer, framesPerSecond),
      ...this.#sizeAt(ids.spatialId, highest.spatialId),
    };
  }

  #isChoppy(point: OperatingPoint, framesPerSecond: number): boolean {
    const isChoppy = framesPerSecond < (this.#smooth.has(point) ? CHOPPY_FPS : SMOOTH_FPS);
    if (isChoppy) this.#smooth.delete(point);
    else this.#smooth.add(point);
    return isChoppy;
  }

  // Each spatial layer doubles the one below, unless the encoder is asked for something rare.
  #sizeAt(spatialId: number, highestId: number): PictureSize | undefined {
    const { size } = this.#layer;
    if (!size) return undefined;
    const divisor = 2 ** Math.max(0, highestId - spatialId);
    return { width: Math.round(size.width / divisor), height: Math.round(size.height / divisor) };
  }
}

function risingIds(ids: readonly number[]): readonly number[] {
  return [...new Set([0, ...ids])].toSorted((a, b) => a - b);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
