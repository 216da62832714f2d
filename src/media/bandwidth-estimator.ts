import { ArrivalRate } from './arrival-rate.ts';
import { DelayTrend } from './delay-trend.ts';
import { Probe } from './probe.ts';
import { extend } from './sequence.ts';
import { readTransportCc } from './transport-cc-feedback.ts';

// Power of two. A second of 8 Mbit/s and more; feedback comes many times a second.
const MEMORY = 1024;
const DECREASE_GAP_MS = 200;
const DECREASE_FACTOR = 0.85;
const CALM_MS = 1000;
// Behind a longer queue what arrives is no sign that more would.
const QUEUE_MS = 60;
const INCREASE_PER_SECOND = 1.08;
/** What was never sent was never proven: the estimate grows no further above what arrives. */
const HEADROOM = 1.15;
/** A probe for so many times the estimate begins with a feeler: on a thin link it would make a queue of half a second. */
const LEAP = 2;
// The queue that a probe made is no news, nor that of a keyframe before which little was sent.
const EXPECTED_QUEUE_MS = 400;
const LOSS_WINDOW_MS = 400;
const MIN_LOSS_PACKETS = 15;
const HEAVY_LOSS = 0.1;
/** Of few packets a few are often lost by chance: this over the root of their number is not held against a link. */
const LOSS_CHANCE = 1.5;
const LIGHT_LOSS = 0.02;
const REFERENCE_MS = 64;

/**
 * How much a receiver's link carries, from its transport-wide feedback: by the trend of the delay, by loss, and upwards
 * by probes (after draft-ietf-rmcat-gcc-02). Before anything speaks against it, the estimate is infinite.
 */
export class BandwidthEstimator {
  #estimateBps = Number.POSITIVE_INFINITY;
  #next = 65_536;
  readonly #sentMs = new Float64Array(MEMORY);
  /** 0: already told about. */
  readonly #bytes = new Uint16Array(MEMORY);
  /** All bytes sent up to and with a packet. */
  readonly #upTo = new Float64Array(MEMORY);
  #sentBytes = 0;
  #toldBytes = 0;
  #trend = new DelayTrend();
  #arrivals = new ArrivalRate();
  #reference = -1;
  #probe: Probe | undefined;
  #fedBackMs = Number.NEGATIVE_INFINITY;
  #decreasedMs = Number.NEGATIVE_INFINITY;
  #expectedMs = Number.NEGATIVE_INFINITY;
  #received = 0;
  #lost = 0;
  #loss = 0;
  #isLossy = false;
  #wasHeavy = false;
  #lossSinceMs = 0;

  get estimateBps(): number {
    return this.#estimateBps;
  }

  /** A queue stands on the link: it has been sent more than it carries for a while. */
  get isFull(): boolean {
    return this.#trend.isFull;
  }

  /** A queue stands on it, or it loses packets beyond chance. */
  get isStrained(): boolean {
    return this.isFull || this.#isLossy;
  }

  /** How long the link takes for what is still on its way, by the estimate. */
  get backlogMs(): number {
    return ((this.#sentBytes - this.#toldBytes) * 8000) / this.#estimateBps;
  }

  /** Whether a probe would tell anything: a link with a queue is known to be full. */
  mayProbe(nowMs: number): boolean {
    const isCalm = this.#trend.use !== 'overuse' && this.#trend.queueMs < QUEUE_MS;
    return !this.isProbing && isCalm && nowMs - this.#decreasedMs >= CALM_MS;
  }

  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /** The transport-wide number, 16 bits, for a packet that goes out now. */
  sent(bytes: number, nowMs: number): number {
    const seq = this.#next;
    this.#next += 1;
    const slot = seq % MEMORY;
    this.#sentMs[slot] = nowMs;
    this.#bytes[slot] = bytes;
    this.#sentBytes += bytes;
    this.#upTo[slot] = this.#sentBytes;
    this.#probe?.sent(seq, bytes, nowMs);
    return seq & 0xffff;
  }

  /** Begins to find out whether the link carries so much; where that is far more than is known, by a feeler. */
  startProbe(targetBps: number, nowMs: number): void {
    this.#probe ??= new Probe(targetBps, nowMs, targetBps > this.#estimateBps * LEAP);
  }

  /** The same where nothing else was sent for a while: what was seen before of queues and losses is no news. */
  startLoneProbe(targetBps: number, nowMs: number): void {
    this.#trend = new DelayTrend();
    this.#arrivals = new ArrivalRate();
    this.#isLossy = false;
    this.#wasHeavy = false;
    this.#received = 0;
    this.#lost = 0;
    this.#toldBytes = this.#sentBytes;
    this.#probe ??= new Probe(targetBps, nowMs);
  }

  /** What goes out now is more than the link had to carry so far: the queue that it makes is no news. */
  expectQueue(nowMs: number): void {
    this.#expectedMs = nowMs;
  }

  /** How many bytes of padding the probe under way wants to be sent now. */
  paddingDue(nowMs: number): number {
    const due = this.#probe?.due(nowMs) ?? 0;
    this.#endProbe(nowMs);
    return due;
  }

  /** `raw`: the feedback from its base sequence number on. */
  feedback(raw: Uint8Array, nowMs: number): void {
    const report = readTransportCc(raw);
    if (report === undefined) return;
    // 24 bits, which wrap after twelve days.
    this.#reference =
      this.#reference < 0
        ? report.referenceTime
        : this.#reference + (((report.referenceTime - this.#reference) << 8) >> 8);
    const startMs = this.#reference * REFERENCE_MS;
    let seq = extend(this.#next - 1, report.baseSeq);
    for (const arrivalMs of report.arrivalsMs) {
      this.#account(seq, arrivalMs === undefined ? undefined : startMs + arrivalMs);
      seq += 1;
    }
    this.#update(nowMs);
    this.#endProbe(nowMs);
  }

  #account(seq: number, arrivedMs: number | undefined): void {
    if (seq >= this.#next || seq < this.#next - MEMORY) return;
    const slot = seq % MEMORY;
    const bytes = this.#bytes[slot] ?? 0;
    const sentMs = this.#sentMs[slot] ?? 0;
    this.#toldBytes = Math.max(this.#toldBytes, this.#upTo[slot] ?? 0);
    if (bytes === 0) return;
    this.#probe?.told(seq, bytes, sentMs, arrivedMs);
    if (arrivedMs === undefined) {
      // The estimate has fallen for those sent before.
      if (sentMs > this.#decreasedMs) this.#lost += 1;
      return;
    }
    this.#bytes[slot] = 0;
    this.#received += 1;
    this.#arrivals.add(bytes, sentMs, arrivedMs);
    this.#trend.packet(sentMs, arrivedMs);
  }

  #update(nowMs: number): void {
    const arrivingBps = this.#arrivals.bps;
    const elapsedMs = Math.min(1000, nowMs - this.#fedBackMs);
    this.#fedBackMs = nowMs;
    if (arrivingBps === 0) return;
    // Where more has just begun to be sent, the smoothed rate is of before.
    const { newestBps } = this.#arrivals;
    const mostBps = Math.max(arrivingBps, newestBps ?? 0);
    const hasNewLoss = this.#measureLoss(nowMs);
    const isExpected = this.isProbing || nowMs - this.#expectedMs < EXPECTED_QUEUE_MS;
    const mayDecrease = !isExpected && nowMs - this.#decreasedMs >= DECREASE_GAP_MS;
    if (this.#trend.use === 'overuse') {
      // What comes over a full link is all that it carries.
      const carriedBps = this.isFull ? newestBps : newestBps && mostBps;
      if (mayDecrease && carriedBps !== undefined) this.#decrease(carriedBps * DECREASE_FACTOR, nowMs);
    } else if (this.#isLossy) {
      if (hasNewLoss) this.#decrease(Math.min(this.#estimateBps, mostBps) * (1 - this.#loss / 2), nowMs);
    } else if (this.#trend.use === 'normal' && this.#trend.queueMs < QUEUE_MS) {
      this.#increase(arrivingBps, elapsedMs);
    }
  }

  #decrease(toBps: number, nowMs: number): void {
    this.#estimateBps = Math.min(this.#estimateBps, toBps);
    this.#decreasedMs = nowMs;
  }

  #increase(arrivingBps: number, elapsedMs: number): void {
    const grown = this.#estimateBps * (this.#loss < LIGHT_LOSS ? INCREASE_PER_SECOND ** (elapsedMs / 1000) : 1);
    const allowed = Math.max(this.#estimateBps, arrivingBps * HEADROOM);
    // What arrives without a queue is carried, whatever was believed before.
    this.#estimateBps = Math.max(arrivingBps, Math.min(grown, allowed));
  }

  /** True when the window closed with a new figure. */
  #measureLoss(nowMs: number): boolean {
    const total = this.#received + this.#lost;
    if (nowMs - this.#lossSinceMs < LOSS_WINDOW_MS || total < MIN_LOSS_PACKETS) return false;
    this.#loss = this.#lost / total;
    const isHeavy = this.#loss > HEAVY_LOSS + LOSS_CHANCE / Math.sqrt(total);
    // What a keyframe alone is too much for is no thin link.
    this.#isLossy = isHeavy && this.#wasHeavy;
    this.#wasHeavy = isHeavy;
    this.#lossSinceMs = nowMs;
    this.#received = 0;
    this.#lost = 0;
    return true;
  }

  #endProbe(nowMs: number): void {
    const probe = this.#probe;
    const outcome = probe?.outcome(nowMs);
    if (probe === undefined || outcome === undefined) return;
    const goesOn = probe.isFeeler && outcome !== 'unknown' && outcome.isPassed;
    this.#probe = goesOn ? new Probe(probe.targetBps, nowMs) : undefined;
    this.#expectedMs = nowMs;
    if (probe.isFeeler || outcome === 'unknown') return;
    if (outcome.isPassed && !this.#isLossy) this.#estimateBps = Math.max(this.#estimateBps, outcome.bps);
    else if (!outcome.isPassed)
      this.#estimateBps = Math.min(this.#estimateBps, Math.max(outcome.bps, this.#arrivals.bps));
  }
}
