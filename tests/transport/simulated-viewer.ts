import type { LayerOffer } from '../../src/media/layer-selector.ts';
import { TransportCcRecorder } from '../../src/media/transport-cc.ts';
import { LinkControl } from '../../src/transport/link-control.ts';
import { seededRandom } from '../support/lossy-link.ts';

const stepMs = 5;
/** Of padding alone. */
const emptyBytes = 290;
const packetBytes = 1100;
const choiceMs = 250;
const maxStallMs = 150;
const keyframeDelayMs = 60;
const keyframeGapMs = 1000;
const keyframeShare = 5;
const audio = { everyMs: 20, bytes: 130 };

/** What an encoder sends of a layer, or of a part of it. */
export interface Step extends LayerOffer<string> {
  readonly rid: string;
  readonly fps: number;
}

export interface LinkNow {
  bps: number;
  delayMs: number;
  /** How long the queue may get; the rest is dropped. */
  queueMs: number;
  loss: number;
  /** How often a second the link stands still, for up to 150 ms, as Wi-Fi does. */
  stalls?: number;
}

interface Flying {
  readonly ms: number;
  readonly seq: number | undefined;
  readonly frame: Frame | undefined;
}

interface Frame {
  readonly rid: string;
  left: number;
}

/** A viewer behind a link of one's choice, sent layers and sound as a stream sends them, on a clock moved by hand. */
export class SimulatedViewer {
  readonly control = new LinkControl<string>(1);
  readonly link: LinkNow;
  /** When which layer was chosen. */
  readonly switches: { readonly ms: number; readonly layer: string | undefined }[] = [];
  /** When which whole picture came. */
  readonly pictures: { readonly ms: number; readonly rid: string }[] = [];
  /** The longest that a packet waited in the link's queue since the last look. */
  worstQueueMs = 0;
  paddingBytes = 0;
  lost = 0;
  nowMs = 0;
  ladder: readonly Step[];
  readonly #recorder = new TransportCcRecorder({ senderSsrc: 1, mediaSsrc: 2 });
  readonly #random: () => number;
  readonly #arriving: Flying[] = [];
  readonly #feedbacks: { readonly ms: number; readonly raw: Uint8Array }[] = [];
  #freeMs = 0;
  #nextFrameMs = 0;
  #nextSoundMs = 0;
  #nextChoiceMs = 0;
  #layer: string | undefined;
  /** What is sent now; `undefined` while it is stopped. */
  #rid: string | undefined;
  #keyframeMs = 0;
  #keyframedMs = Number.NEGATIVE_INFINITY;
  readonly #groupMs: number;

  /** `groupMs`: how often the encoder makes a keyframe unasked. */
  constructor(options: { ladder: readonly Step[]; link: LinkNow; seed: number; groupMs?: number }) {
    this.ladder = options.ladder;
    this.link = options.link;
    this.#groupMs = options.groupMs ?? Number.POSITIVE_INFINITY;
    this.#random = seededRandom(options.seed);
  }

  get layer(): string | undefined {
    return this.#layer;
  }

  /** The longest time without a picture, from then on. */
  longestGapMs(sinceMs: number): number {
    const times = [...this.pictures.map(({ ms }) => ms).filter((ms) => ms >= sinceMs), this.nowMs];
    return Math.max(...times.map((ms, index) => ms - (times[index - 1] ?? sinceMs)));
  }

  run(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; this.nowMs += stepMs) this.#step();
  }

  #step(): void {
    const { nowMs, control } = this;
    while ((this.#feedbacks[0]?.ms ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const feedback = this.#feedbacks.shift();
      if (feedback) control.feedback(feedback.raw, nowMs);
    }
    if (this.#random() < ((this.link.stalls ?? 0) * stepMs) / 1000) {
      this.#freeMs = Math.max(this.#freeMs, nowMs) + this.#random() * maxStallMs;
    }
    if (control.takeDueChoice(nowMs) || nowMs >= this.#nextChoiceMs) this.#choose();
    if (nowMs >= this.#nextSoundMs) {
      this.#nextSoundMs += audio.everyMs;
      this.#carry(audio.bytes, undefined, undefined);
    }
    if (nowMs >= this.#nextFrameMs) this.#sendFrame();
    const bytes = this.#layer === undefined ? emptyBytes : packetBytes;
    for (let due = control.paddingDue(nowMs); due > 0; due -= bytes) {
      this.paddingBytes += bytes;
      this.#send(bytes, undefined);
    }
    this.#arrive();
  }

  #arrive(): void {
    const { nowMs } = this;
    while ((this.#arriving[0]?.ms ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const packet = this.#arriving.shift();
      // A receiver's clock is its own.
      if (packet?.seq !== undefined) this.#recorder.received(packet.seq, packet.ms + 123_456);
      if (!packet?.frame) continue;
      packet.frame.left -= 1;
      if (packet.frame.left === 0) this.pictures.push({ ms: packet.ms, rid: packet.frame.rid });
    }
    const feedback = this.#recorder.feedback(nowMs + 123_456);
    if (feedback) this.#feedbacks.push({ ms: nowMs + this.link.delayMs, raw: feedback.subarray(12) });
  }

  #choose(): void {
    const { control, ladder, nowMs } = this;
    this.#nextChoiceMs = nowMs + choiceMs;
    const layer = control.choose(ladder, nowMs);
    if (layer !== this.#layer) this.switches.push({ ms: nowMs, layer });
    this.#layer = layer;
    const rid = this.#chosen?.rid;
    if (rid === undefined) this.#rid = undefined;
    if (control.isFlooded) control.drain(nowMs);
    if (control.isFlooded && rid !== this.#rid) this.#rid = undefined;
    if (rid === this.#rid || control.isDraining(nowMs)) return;
    this.#keyframeMs = Math.max(nowMs + keyframeDelayMs, this.#keyframedMs + keyframeGapMs);
  }

  get #chosen(): Step | undefined {
    return this.ladder.find(({ layer }) => layer === this.#layer);
  }

  #sendFrame(): void {
    const chosen = this.#chosen;
    if (!chosen) return;
    const isDraining = this.control.isDraining(this.nowMs);
    const isStart = chosen.rid !== this.#rid && this.nowMs >= this.#keyframeMs && !isDraining;
    const isKeyframe = isStart || this.nowMs - this.#keyframedMs >= this.#groupMs;
    if (isKeyframe) {
      if (isStart) {
        this.#rid = chosen.rid;
        this.control.began(this.nowMs);
      }
      this.#keyframedMs = this.nowMs;
    }
    const own = this.ladder.filter(({ rid }) => rid === this.#rid);
    const step = chosen.rid !== this.#rid ? own.at(-1) : isDraining ? own[0] : chosen;
    this.#nextFrameMs += 1000 / (step ?? chosen).fps;
    if (!step) return;
    const size = (step.bitrateBps / 8 / step.fps) * (0.7 + 0.6 * this.#random()) * (isKeyframe ? keyframeShare : 1);
    const frame = { rid: step.rid, left: Math.ceil(size / packetBytes) };
    for (let left = size; left > 0; left -= packetBytes) this.#send(Math.ceil(Math.min(left, packetBytes)), frame);
  }

  #send(bytes: number, frame: Frame | undefined): void {
    this.#carry(bytes, this.control.sent(bytes, this.nowMs), frame);
  }

  #carry(bytes: number, seq: number | undefined, frame: Frame | undefined): void {
    const { link, nowMs } = this;
    const waitMs = Math.max(0, this.#freeMs - nowMs);
    if (waitMs > link.queueMs || this.#random() < link.loss) {
      this.lost += 1;
      return;
    }
    this.worstQueueMs = Math.max(this.worstQueueMs, waitMs);
    this.#freeMs = nowMs + waitMs + (bytes * 8000) / link.bps;
    this.#arriving.push({ ms: this.#freeMs + link.delayMs, seq, frame });
  }
}
