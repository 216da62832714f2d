import type { WhepPlayer } from '../whep.ts';
import { type Latency, LatencyMeter } from './latency.ts';
import { ReceptionWatch } from './reception-watch.ts';
import { inboundOf, numberOf } from './stats-entry.ts';

// Of the server, and only where no picture comes: the link may be a thin one.
const ASK_EVERY_MS = 2000;
const STILL_MS = 1500;
const STILL_WORD_MS = 4000;

/** How a connection's picture goes: how late it is, whether it stands still, and why. */
export class PictureWatch {
  readonly #player: WhepPlayer;
  readonly #reception = new ReceptionWatch();
  #latencyMeter = new LatencyMeter();
  #latency: Latency | undefined;
  #isLinkTooThin = false;
  #isPictureStill = false;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(player: WhepPlayer) {
    this.#player = player;
  }

  get latency(): Latency | undefined {
    return this.#latency;
  }

  /** The server sends no picture, since the link carries no more than the sound. */
  get isLinkTooThin(): boolean {
    return this.#isLinkTooThin;
  }

  /** None has come for so long that it wants a word. */
  get isPictureStill(): boolean {
    return this.#isPictureStill;
  }

  /** The connection is away: what was seen of it says nothing of the next. */
  forget(nowMs: number): void {
    this.#reception.paused(nowMs);
    this.#latencyMeter = new LatencyMeter();
    this.#latency = undefined;
    this.#isLinkTooThin = false;
    this.#isPictureStill = false;
  }

  /** To be called about twice a second with what the connection reports. True where it is dead, and wants to be made anew. */
  async looked(report: RTCStatsReport, isLive: boolean, nowMs: number): Promise<boolean> {
    const video = inboundOf(report, 'video');
    const audio = inboundOf(report, 'audio');
    const packets = numberOf(video, 'packetsReceived') + numberOf(audio, 'packetsReceived');
    const decoded = numberOf(video, 'framesDecoded');
    this.#reception.received({ packets, decoded }, nowMs);
    this.#player.pictureLooked({ progress: decoded, height: numberOf(video, 'frameHeight') });
    // As after a sleep: the session is gone, and nobody has said so.
    if (isLive && this.#reception.mustRejoin(nowMs)) return true;

    this.#latency = this.#latencyMeter.measured(video ?? audio ?? {}, Date.now());
    const stillMs = video && document.visibilityState === 'visible' ? this.#reception.stillMs(nowMs) : 0;
    this.#isPictureStill = stillMs > STILL_WORD_MS;
    if (stillMs < STILL_MS) this.#isLinkTooThin = false;
    else await this.#askWhy(nowMs);
    return false;
  }

  async #askWhy(nowMs: number): Promise<void> {
    if (nowMs - this.#askedMs < ASK_EVERY_MS) return;
    this.#askedMs = nowMs;
    const server = await this.#player.serverView();
    this.#isLinkTooThin = server?.choice?.reason === 'link_too_thin';
  }
}
