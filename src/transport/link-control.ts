import { BandwidthEstimator } from '../media/bandwidth-estimator.ts';
import type { LinkView } from '../media/layer-chooser.ts';
import { type LayerOffer, LayerSelector } from '../media/layer-selector.ts';
import { LossReports } from '../media/loss-reports.ts';
import { PicturePause } from '../media/picture-pause.ts';
import type { CongestionControl } from './fan-out.ts';

// What is sent into a full queue waits behind all of it, and so does what follows: better the queue is gone first.
const DRAINED_MS = 200;
const MAX_DRAIN_MS = 3000;
// A link with a queue delivers all the time: what is still missing then was lost.
const SILENCE_MS = 250;

/** What one viewer's link carries, and which layer he is sent for it. */
export class LinkControl<L> implements CongestionControl, LinkView<L> {
  readonly extensionId: number;
  readonly #estimator = new BandwidthEstimator();
  readonly #selector = new LayerSelector<L>();
  readonly #pause = new PicturePause();
  #losses: LossReports | undefined;
  #drainUntilMs: number | undefined;
  #fedBackMs = 0;
  #wasFull = false;
  #isChoiceDue = false;

  constructor(extensionId: number) {
    this.extensionId = extensionId;
  }

  sent(bytes: number, nowMs: number, outSeq?: number): number {
    const wideSeq = this.#estimator.sent(bytes, nowMs);
    if (outSeq !== undefined) this.#losses?.sent(wideSeq, outSeq);
    return wideSeq;
  }

  began(nowMs: number): void {
    this.#estimator.expectQueue(nowMs);
  }

  /** From now on the viewer's feedback also tells which packets he lost. */
  watchLosses(): void {
    this.#losses ??= new LossReports();
  }

  /** What the feedback says is lost: numbers of the viewer's stream, 16 bits. */
  lost(raw: Uint8Array): readonly number[] {
    return this.#losses?.lost(raw) ?? [];
  }

  feedback(raw: Uint8Array, nowMs: number): void {
    this.#estimator.feedback(raw, nowMs);
    this.#fedBackMs = nowMs;
    const { isFull } = this.#estimator;
    this.#isChoiceDue ||= isFull && !this.#wasFull;
    this.#wasFull = isFull;
  }

  get estimateBps(): number {
    return this.#estimator.estimateBps;
  }

  /** `ladder`: from the least to the best. Begins a probe where more might be had; `undefined` where nothing can. */
  choose(ladder: readonly LayerOffer<L>[], nowMs: number, isWanted = false): L | undefined {
    const { estimateBps } = this.#estimator;
    const layer = this.#selector.choose(ladder, estimateBps, nowMs, this.#estimator.isFull);
    this.#isChoiceDue = false;
    const [least] = ladder;
    if (isWanted) this.#pause.resume(nowMs);
    else if (least && this.#carriesNone(least, layer === least.layer, nowMs)) return undefined;
    const mayProbe = this.#estimator.mayProbe(nowMs) && !this.isDraining(nowMs);
    const probeBps = mayProbe ? this.#selector.probe(ladder, estimateBps, nowMs) : undefined;
    if (probeBps !== undefined) this.#estimator.startProbe(probeBps, nowMs);
    return layer;
  }

  #carriesNone({ bitrateBps }: LayerOffer<L>, isChosen: boolean, nowMs: number): boolean {
    const isSent = isChosen && !this.isDraining(nowMs);
    this.#pause.look({ bitrateBps, isSent }, this.#estimator, nowMs);
    if (!this.#pause.isPaused) return false;
    const probeBps = this.#estimator.isProbing ? undefined : this.#pause.probe(bitrateBps, nowMs);
    if (probeBps !== undefined) this.#estimator.startLoneProbe(probeBps, nowMs);
    return true;
  }

  /** After `choose`: the layer sent so far is far too much for the link. */
  get isFlooded(): boolean {
    return this.#selector.isFlooded;
  }

  /** What was too much for the link is still in its queue, which is to go before much else is sent. */
  drain(nowMs: number): void {
    this.#drainUntilMs = nowMs + MAX_DRAIN_MS;
  }

  /** Whether what is sent next would wait in the queue. */
  isDraining(nowMs: number): boolean {
    const untilMs = this.#drainUntilMs;
    if (untilMs === undefined || nowMs >= untilMs) return false;
    return this.#estimator.backlogMs > DRAINED_MS && nowMs - this.#fedBackMs < SILENCE_MS;
  }

  /** Whether something has happened since the last `choose` that should not wait for its turn. Tells it once. */
  takeDueChoice(nowMs: number): boolean {
    const hasDrained = this.#drainUntilMs !== undefined && !this.isDraining(nowMs);
    const isDue = this.#isChoiceDue || hasDrained;
    if (hasDrained) this.#drainUntilMs = undefined;
    this.#isChoiceDue = false;
    return isDue;
  }

  /** Bytes of padding that a probe under way wants now. */
  paddingDue(nowMs: number): number {
    return this.#estimator.isProbing ? this.#estimator.paddingDue(nowMs) : 0;
  }
}
