import { StandingQueue } from './standing-queue.ts';

/** Whether a queue builds up on the way (`overuse`), drains (`underuse`), or neither. */
export type LinkUse = 'normal' | 'overuse' | 'underuse';

// What is sent within this time is one group: only its last packet counts.
const BURST_MS = 5;
const WINDOW_SIZE = 20;
const SMOOTHING = 0.9;
const MAX_DELTAS = 60;
const TREND_GAIN = 4;
const OVERUSE_MS = 10;
const FIRST_THRESHOLD = 12.5;
const MIN_THRESHOLD = 6;
const MAX_THRESHOLD = 600;
// The threshold follows what is usual on a link, slowly upwards and quickly down.
const RISE_FACTOR = 0.0087;
const FALL_FACTOR = 0.039;
const OUTLIER = 15;
// A link that stood still for a moment and has caught up has no queue, although the line still rises.
const MEMORY = 60;
const QUEUE_MS = 15;
const IDLE_MS = 150;

interface Group {
  firstSentMs: number;
  sentMs: number;
  arrivedMs: number;
}

/** The delay gradient of draft-ietf-rmcat-gcc-02 section 5, with the slope of a line through the smoothed delays for a filter. */
export class DelayTrend {
  /** How much longer the way takes than at best lately. */
  queueMs = 0;
  #use: LinkUse = 'normal';
  #group: Group | undefined;
  #before: Group | undefined;
  #delayMs = 0;
  #leastMs = 0;
  #smoothedMs = 0;
  readonly #times: number[] = [];
  readonly #delays: number[] = [];
  readonly #recent: number[] = [];
  #deltas = 0;
  #trend = 0;
  #threshold = FIRST_THRESHOLD;
  #overusedMs = 0;
  #overuses = 0;
  readonly #queue = new StandingQueue();

  get use(): LinkUse {
    return this.isFull ? 'overuse' : this.#use;
  }

  /** A queue stands and does not drain: the link has been carrying all it can. */
  get isFull(): boolean {
    return this.#queue.isStanding;
  }

  /** In the order of sending. Both times on clocks of their own. */
  packet(sentMs: number, arrivedMs: number): void {
    const group = this.#group;
    if (group !== undefined) this.#notePacket(sentMs, arrivedMs, group);
    if (group !== undefined && sentMs - group.firstSentMs <= BURST_MS) {
      group.sentMs = Math.max(group.sentMs, sentMs);
      group.arrivedMs = Math.max(group.arrivedMs, arrivedMs);
      return;
    }
    if (group !== undefined && this.#before !== undefined) {
      this.#delta(group.sentMs - this.#before.sentMs, group.arrivedMs - this.#before.arrivedMs, group.arrivedMs);
    }
    if (group !== undefined && sentMs - group.sentMs > IDLE_MS) this.#forgetQueue();
    this.#before = group;
    this.#group = { firstSentMs: sentMs, sentMs, arrivedMs };
  }

  /** A picture may take a thin link longer than it takes to see that it is thin. */
  #notePacket(sentMs: number, arrivedMs: number, group: Group): void {
    const { sentMs: before, arrivedMs: beforeArrived } = this.#before ?? group;
    const delayMs = this.#delayMs + arrivedMs - beforeArrived - (sentMs - before);
    this.#queue.update(delayMs - this.#leastMs, arrivedMs);
  }

  #delta(sentMs: number, arrivedMs: number, atMs: number): void {
    this.#deltas = Math.min(this.#deltas + 1, MAX_DELTAS);
    this.#delayMs += arrivedMs - sentMs;
    this.#smoothedMs = SMOOTHING * this.#smoothedMs + (1 - SMOOTHING) * this.#delayMs;
    this.#recent.push(this.#delayMs);
    if (this.#recent.length > MEMORY) this.#recent.shift();
    this.#times.push(atMs);
    this.#delays.push(this.#smoothedMs);
    if (this.#times.length > WINDOW_SIZE) {
      this.#times.shift();
      this.#delays.shift();
    }
    const trend = this.#times.length === WINDOW_SIZE ? slope(this.#times, this.#delays) : this.#trend;
    this.#leastMs = Math.min(...this.#recent);
    this.queueMs = this.#delayMs - this.#leastMs;
    this.#detect(trend, sentMs);
    this.#trend = trend;
  }

  /** Nothing was sent for a while. */
  #forgetQueue(): void {
    if (this.isFull) this.#use = 'normal';
    this.#queue.forget();
  }

  #detect(trend: number, sentMs: number): void {
    const weighed = this.#deltas * trend * TREND_GAIN;
    if (weighed > this.#threshold && this.queueMs > QUEUE_MS) {
      this.#overusedMs += sentMs;
      this.#overuses += 1;
      if (this.#overusedMs > OVERUSE_MS && this.#overuses > 1 && trend >= this.#trend) this.#use = 'overuse';
    } else {
      this.#overusedMs = 0;
      this.#overuses = 0;
      this.#use = weighed < -this.#threshold ? 'underuse' : 'normal';
    }
    this.#adapt(Math.abs(weighed), Math.min(sentMs, 100));
  }

  #adapt(weighed: number, elapsedMs: number): void {
    if (weighed > this.#threshold + OUTLIER) return;
    const factor = weighed < this.#threshold ? FALL_FACTOR : RISE_FACTOR;
    const next = this.#threshold + factor * (weighed - this.#threshold) * elapsedMs;
    this.#threshold = Math.min(MAX_THRESHOLD, Math.max(MIN_THRESHOLD, next));
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
