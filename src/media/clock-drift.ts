import { timestampDelta } from './sequence.ts';

const KEPT = 120;
const MIN_POINTS = 4;
const MIN_SPAN_MS = 10_000;
const SPACING_MS = 900;
/** Timestamps that leave their line by more have begun anew. */
const MAX_STEP_MS = 1000;
const MAX_ERROR_PPM = 100;

interface Point {
  readonly ntpMs: number;
  /** Of the timestamps, unwrapped. */
  readonly mediaMs: number;
}

/** How much faster a track's timestamps run than its sender's wall clock, from sender reports: a line laid through them. */
export class ClockDrift {
  readonly #clockRate: number;
  #points: Point[] = [];
  #lastTimestamp = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  report(ntpMs: number, timestamp: number): void {
    const last = this.#points.at(-1);
    if (last && ntpMs - last.ntpMs < SPACING_MS && ntpMs >= last.ntpMs) return;
    const mediaMs = last ? last.mediaMs + (timestampDelta(this.#lastTimestamp, timestamp) * 1000) / this.#clockRate : 0;
    const isOtherLine = last && Math.abs(mediaMs - last.mediaMs - (ntpMs - last.ntpMs)) > MAX_STEP_MS;
    if (isOtherLine) this.reset();
    this.#lastTimestamp = timestamp;
    this.#points.push({ ntpMs, mediaMs });
    if (this.#points.length > KEPT) this.#points.shift();
  }

  /** In millionths; `undefined` until it is known to a tenth of a thousandth, or to a sixth of itself. */
  get ppm(): number | undefined {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (!first || !last || this.#points.length < MIN_POINTS || last.ntpMs - first.ntpMs < MIN_SPAN_MS) return undefined;
    const meanX = mean(this.#points.map(({ ntpMs }) => ntpMs - first.ntpMs));
    const meanY = mean(this.#points.map(({ mediaMs }) => mediaMs - first.mediaMs));
    let [xx, xy, yy] = [0, 0, 0];
    for (const { ntpMs, mediaMs } of this.#points) {
      const x = ntpMs - first.ntpMs - meanX;
      // What is left of a slope of 1: small numbers keep their digits.
      const y = mediaMs - first.mediaMs - meanY - x;
      xx += x * x;
      xy += x * y;
      yy += y * y;
    }
    const slope = xy / xx;
    const error = Math.sqrt(Math.max(0, yy - slope * xy) / (this.#points.length - 2) / xx);
    return error * 1e6 <= Math.max(MAX_ERROR_PPM, (Math.abs(slope) * 1e6) / 6) ? slope * 1e6 : undefined;
  }

  reset(): void {
    this.#points = [];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
