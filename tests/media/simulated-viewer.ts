import { BandwidthEstimator } from '#src/media/bandwidth-estimator.ts';
import { type LayerOffer, LayerSelector } from '#src/media/layer-selector.ts';
import { TransportCcRecorder } from '#src/media/transport-cc.ts';
import { seededRandom } from '../support/lossy-link.ts';

const stepMs = 5;
const frameMs = 1000 / 30;
const packetBytes = 1100;
const choiceMs = 250;
const keyframeMs = 2000;
const maxStallMs = 150;

export interface LinkNow {
  bps: number;
  delayMs: number;
  /** How long the queue may get; the rest is dropped. */
  queueMs: number;
  loss: number;
  /** How often a second the link stands still, for up to 150 ms, as Wi-Fi does. */
  stalls?: number;
}

/** A viewer behind a link of one's choice, sent layers as a stream sends them, on a clock moved by hand. */
export class SimulatedViewer {
  readonly estimator = new BandwidthEstimator();
  readonly selector = new LayerSelector<string>();
  readonly link: LinkNow;
  /** When which layer was gone over to. */
  readonly switches: { readonly ms: number; readonly layer: string | undefined }[] = [];
  /** The longest that a packet waited in the link's queue since the last look. */
  worstQueueMs = 0;
  paddingBytes = 0;
  nowMs = 0;
  ladder: readonly LayerOffer<string>[];
  readonly #recorder = new TransportCcRecorder({ senderSsrc: 1, mediaSsrc: 2 });
  readonly #random: () => number;
  readonly #arriving: { readonly ms: number; readonly seq: number }[] = [];
  readonly #feedbacks: { readonly ms: number; readonly raw: Uint8Array }[] = [];
  #freeMs = 0;
  #nextFrameMs = 0;
  #nextChoiceMs = 0;
  #layer: string | undefined;

  constructor(options: { ladder: readonly LayerOffer<string>[]; link: LinkNow; seed: number }) {
    this.ladder = options.ladder;
    this.link = options.link;
    this.#random = seededRandom(options.seed);
  }

  get layer(): string | undefined {
    return this.#layer;
  }

  run(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; this.nowMs += stepMs) this.#step();
  }

  #step(): void {
    const { nowMs, estimator } = this;
    while ((this.#feedbacks[0]?.ms ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const feedback = this.#feedbacks.shift();
      if (feedback) estimator.feedback(feedback.raw, nowMs);
    }
    if (this.#random() < ((this.link.stalls ?? 0) * stepMs) / 1000) {
      this.#freeMs = Math.max(this.#freeMs, nowMs) + this.#random() * maxStallMs;
    }
    if (nowMs >= this.#nextChoiceMs) this.#choose();
    if (nowMs >= this.#nextFrameMs) this.#sendFrame();
    for (let due = estimator.paddingDue(nowMs); due > 0; due -= packetBytes) {
      this.paddingBytes += packetBytes;
      this.#send(packetBytes);
    }
    while ((this.#arriving[0]?.ms ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const packet = this.#arriving.shift();
      // A receiver's clock is its own.
      if (packet) this.#recorder.received(packet.seq, packet.ms + 123_456);
    }
    const feedback = this.#recorder.feedback(nowMs + 123_456);
    if (feedback) this.#feedbacks.push({ ms: nowMs + this.link.delayMs, raw: feedback.subarray(12) });
  }

  #choose(): void {
    const { estimator, selector, ladder, nowMs } = this;
    this.#nextChoiceMs = nowMs + choiceMs;
    const layer = selector.choose(ladder, estimator.estimateBps, nowMs);
    if (layer !== this.#layer) this.switches.push({ ms: nowMs, layer });
    this.#layer = layer;
    const probeBps = estimator.mayProbe(nowMs) ? selector.probe(ladder, estimator.estimateBps, nowMs) : undefined;
    if (probeBps !== undefined) estimator.startProbe(probeBps, nowMs);
  }

  #sendFrame(): void {
    const bitrateBps = this.ladder.find(({ layer }) => layer === this.#layer)?.bitrateBps ?? 0;
    const isKeyframe = this.#nextFrameMs % keyframeMs < frameMs;
    this.#nextFrameMs += frameMs;
    const size = (bitrateBps / 8) * (frameMs / 1000) * (0.7 + 0.6 * this.#random()) * (isKeyframe ? 5 : 1);
    for (let left = size; left > 0; left -= packetBytes) this.#send(Math.ceil(Math.min(left, packetBytes)));
  }

  #send(bytes: number): void {
    const { link, nowMs } = this;
    const seq = this.estimator.sent(bytes, nowMs);
    const waitMs = Math.max(0, this.#freeMs - nowMs);
    if (waitMs > link.queueMs || this.#random() < link.loss) return;
    this.worstQueueMs = Math.max(this.worstQueueMs, waitMs);
    this.#freeMs = nowMs + waitMs + (bytes * 8000) / link.bps;
    this.#arriving.push({ ms: this.#freeMs + link.delayMs, seq });
  }
}
