/** Whether a queue builds up on the way (`overuse`), drains (`underuse`), or neither. */
export type LinkUse = 'normal' | 'overuse' | 'underuse';

// What is sent within this time is one group: only its last packet counts.
const burstMs = 5;
const windowSize = 20;
const smoothing = 0.9;
const maxDeltas = 60;
const trendGain = 4;
const overuseMs = 10;
const firstThreshold = 12.5;
const minThreshold = 6;
const maxThreshold = 600;
// The threshold follows what is usual on a link, slowly upwards and quickly down.
const riseFactor = 0.0087;
const fallFactor = 0.039;
const outlier = 15;
// A link that stood still for a moment and has caught up has no queue, although the line still rises.
const memory = 60;
const queueMs = 15;

interface Group {
  firstSentMs: number;
  sentMs: number;
  arrivedMs: number;
}

/** The delay gradient of draft-ietf-rmcat-gcc-02 section 5, with the slope of a line through the smoothed delays for a filter. */
export class DelayTrend {
  #use: LinkUse = 'normal';
  #group: Group | undefined;
  #before: Group | undefined;
  #delayMs = 0;
  #smoothedMs = 0;
  readonly #times: number[] = [];
  readonly #delays: number[] = [];
  readonly #recent: number[] = [];
  #deltas = 0;
  #trend = 0;
  #threshold = firstThreshold;
  #overusedMs = 0;
  #overuses = 0;

  get use(): LinkUse {
    return this.#use;
  }

  /** In the order of sending. Both times on clocks of their own. */
  packet(sentMs: number, arrivedMs: number): void {
    const group = this.#group;
    if (group !== undefined && sentMs - group.firstSentMs <= burstMs) {
      group.sentMs = Math.max(group.sentMs, sentMs);
      group.arrivedMs = Math.max(group.arrivedMs, arrivedMs);
      return;
    }
    if (group !== undefined && this.#before !== undefined) {
      this.#delta(group.sentMs - this.#before.sentMs, group.arrivedMs - this.#before.arrivedMs, group.arrivedMs);
    }
    this.#before = group;
    this.#group = { firstSentMs: sentMs, sentMs, arrivedMs };
  }

  #delta(sentMs: number, arrivedMs: number, atMs: number): void {
    this.#deltas = Math.min(this.#deltas + 1, maxDeltas);
    this.#delayMs += arrivedMs - sentMs;
    this.#smoothedMs = smoothing * this.#smoothedMs + (1 - smoothing) * this.#delayMs;
    this.#recent.push(this.#delayMs);
    if (this.#recent.length > memory) this.#recent.shift();
    this.#times.push(atMs);
    this.#delays.push(this.#smoothedMs);
    if (this.#times.length > windowSize) {
      this.#times.shift();
      this.#delays.shift();
    }
    const trend = this.#times.length === windowSize ? slope(this.#times, this.#delays) : this.#trend;
    this.#detect(trend, sentMs);
    this.#trend = trend;
  }

  #detect(trend: number, sentMs: number): void {
    const weighed = this.#deltas * trend * trendGain;
    const isQueued = this.#delayMs - Math.min(...this.#recent) > queueMs;
    if (weighed > this.#threshold && isQueued) {
      this.#overusedMs += sentMs;
      this.#overuses += 1;
      if (this.#overusedMs > overuseMs && this.#overuses > 1 && trend >= this.#trend) this.#use = 'overuse';
    } else {
      this.#overusedMs = 0;
      this.#overuses = 0;
      this.#use = weighed < -this.#threshold ? 'underuse' : 'normal';
    }
    this.#adapt(Math.abs(weighed), Math.min(sentMs, 100));
  }

  #adapt(weighed: number, elapsedMs: number): void {
    if (weighed > this.#threshold + outlier) return;
    const factor = weighed < this.#threshold ? fallFactor : riseFactor;
    const next = this.#threshold + factor * (weighed - this.#threshold) * elapsedMs;
    this.#threshold = Math.min(maxThreshold, Math.max(minThreshold, next));
  }
}

/** Of the line that fits the points best. */
function slope(xs: readonly number[], ys: readonly number[]): number {
  const meanX = mean(xs);
  const meanY = mean(ys);
  let above = 0;
  let below = 0;
  for (const [index, x] of xs.entries()) {
    above += (x - meanX) * ((ys[index] ?? 0) - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
