// A larger picture would overflow receive buffers.
const MAX_BURST_BYTES = 120_000;
// Of the layer's rate: links that carry a stream often carry little more.
const FIRST_SHARE = 1.5;
const LEAST_SHARE = 1.2;
// The sound takes its part of a thin link, and what was sent too much has to go.
const THIN_LINK_SHARE = 0.8;
/** In this time an old group is made up for. */
const CATCH_UP_MS = 2_000;
// A picture that stood still has hardly any rate.
const MIN_FIRST_BPS = 500_000;
const MIN_BPS = 250_000;
const BACK_OFF = 0.5;
// Less at once would cost a kernel message for every packet or two, more would make a small stream stutter.
const CHUNK_MS = 15;
const MIN_CHUNK_BYTES = 2_400;
const MAX_CHUNK_BYTES = 10_000;

interface ReplayedGroup {
  readonly layerBps: number;
  readonly pictureBytes: number;
  readonly ageMs: number;
  readonly linkBps?: number;
}

/**
 * How fast a cached group goes to one viewer: a picture at once, then faster than it came, so that he catches up, but
 * not so fast that a thin link loses most of it. Each loss slows it down.
 */
export class ReplayPacer {
  #bps = 0;
  #layerBps = 0;
  #share = FIRST_SHARE;
  #burst = 0;
  #budget = 0;
  #atMs = 0;
  #slowedMs = Number.NEGATIVE_INFINITY;

  /** `pictureBytes`: of the keyframe. `ageMs`: of the group. `linkBps`: what the link carries, as far as is known. */
  begin({ layerBps, pictureBytes, ageMs, linkBps = Number.POSITIVE_INFINITY }: ReplayedGroup, nowMs: number): void {
    const wishedBps = Math.max(MIN_FIRST_BPS, layerBps * Math.max(FIRST_SHARE, 1 + ageMs / CATCH_UP_MS));
    const thinBps = linkBps * THIN_LINK_SHARE;
    const isThin = thinBps < wishedBps;
    this.#share = isThin ? LEAST_SHARE : FIRST_SHARE;
    this.#layerBps = layerBps;
    this.#bps = isThin ? Math.max(thinBps, layerBps * LEAST_SHARE) : wishedBps;
    this.#burst = Math.min(MAX_BURST_BYTES, Math.max(isThin ? MIN_CHUNK_BYTES : MAX_CHUNK_BYTES, pictureBytes));
    this.#budget = this.#burst;
    this.#atMs = nowMs;
  }

  /** How long it takes until a group of so many bytes, and what comes meanwhile, is sent. */
  catchUpMs(groupBytes: number): number {
    const waiting = Math.max(0, groupBytes - Math.max(0, this.#budget));
    return (waiting * 8000) / Math.max(MIN_BPS, this.#bps - this.#layerBps);
  }

  /** Bytes that may go out now; 0 while it is not worth the while. `layerBps`: a young layer's rate is not known at first. */
  allowance(nowMs: number, layerBps = this.#layerBps): number {
    this.#layerBps = layerBps;
    this.#bps = Math.max(this.#bps, layerBps * this.#share);
    this.#budget = Math.min(this.#burst, this.#budget + (this.#bps * (nowMs - this.#atMs)) / 8000);
    this.#atMs = nowMs;
    const chunk = Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, (this.#bps * CHUNK_MS) / 8000));
    return this.#budget < chunk ? 0 : this.#budget;
  }

  /** Of the group, or again. */
  sent(bytes: number): void {
    this.#budget -= bytes;
  }

  /** The viewer misses packets. */
  slowDown(roundTripMs: number, nowMs: number): void {
    if (nowMs - this.#slowedMs < roundTripMs) return;
    this.#slowedMs = nowMs;
    this.#share = LEAST_SHARE;
    this.#bps = Math.max(MIN_BPS, this.#layerBps * LEAST_SHARE, this.#bps * BACK_OFF);
  }
}
