import type { Live, LiveState } from '../api.ts';
import { LiveEvents } from '../live-events.svelte.ts';
import type { Problem } from '../problem.ts';
import { WhepPlayer, type WhepState } from '../whep.ts';
import { PictureWatch } from './picture-watch.ts';
import { QualityChoice } from './quality-choice.svelte.ts';

export type PlayerState = LiveState | 'connecting' | 'error';

const LOOK_EVERY_MS = 500;
// Of the server, and only where no picture comes: the link may be a thin one.
const ASK_EVERY_MS = 2000;

/** One viewer on one channel: joins what the events say about the channel with what the WHEP connection says about itself. */
export class LivePlayer {
  readonly events: LiveEvents;
  readonly quality: QualityChoice;
  stream: MediaStream | undefined = $state.raw();
  problem: Problem | undefined = $state.raw();
  /** The server sends no picture, since this viewer's connection carries no more than the sound. */
  isLinkTooThin = $state(false);
  #whep: WhepState = $state('idle');
  #wasConnected = $state(false);
  readonly #player: WhepPlayer;
  readonly #picture = new PictureWatch();
  #askedMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(slug: string, live: Live) {
    this.events = new LiveEvents(slug, live, (now) => this.#follow(now));
    this.#player = new WhepPlayer({
      endpoint: { url: `/whep/${encodeURIComponent(slug)}` },
      onStream: (stream) => {
        this.stream = stream;
      },
      onState: (state, problem) => {
        this.#whep = state;
        this.problem = problem;
        if (state === 'connected') this.#wasConnected = true;
      },
      onLayers: (layers) => this.quality.heard(layers),
    });
    this.quality = new QualityChoice(slug, (wish) => this.#player.choose(wish));
  }

  get state(): PlayerState {
    const channel = this.events.live.state;
    if (this.#whep === 'refused') return 'error';
    if (this.#whep === 'connected') return channel === 'reconnecting' ? 'reconnecting' : 'live';
    if (channel === 'offline' || this.problem?.status === 409) return 'offline';
    return this.#wasConnected ? 'reconnecting' : 'connecting';
  }

  /** Whether it is the streamer, not this viewer, whose connection dropped. */
  get isStreamerGone(): boolean {
    return this.events.live.state === 'reconnecting';
  }

  /** Whether the publisher means to send a picture; he may come back without one, and with one again. */
  get isPictureSent(): boolean {
    return this.events.live.stream?.tracks.some(({ kind }) => kind === 'video') ?? true;
  }

  /** No picture is sent, or none has come so far. */
  get isSoundAlone(): boolean {
    return !this.isPictureSent || this.stream?.getVideoTracks().length === 0;
  }

  /** How it goes; `undefined` while there is no connection. */
  async stats() {
    const [report, server] = await Promise.all([this.#player.report(), this.#player.serverView()]);
    return report && { report, server };
  }

  open(): void {
    if (this.events.live.state !== 'offline') this.#player.play();
    this.events.open();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  /** Idempotent; `open` starts anew. */
  close(): void {
    clearInterval(this.#timer);
    this.events.close();
    this.#player.close();
  }

  async #look(): Promise<void> {
    const report = this.#whep === 'connected' ? await this.#player.report() : undefined;
    const entries: { type: string; kind?: string; framesDecoded?: number }[] = report ? [...report.values()] : [];
    const video = entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    const nowMs = performance.now();
    if (video === undefined || !this.#picture.isStill(video.framesDecoded ?? 0, nowMs)) {
      this.isLinkTooThin = false;
    } else if (nowMs - this.#askedMs >= ASK_EVERY_MS) {
      this.#askedMs = nowMs;
      const server = await this.#player.serverView();
      this.isLinkTooThin = server?.choice?.reason === 'link_too_thin';
    }
  }

  #follow(now: Live): void {
    if (now.state !== 'offline') return this.#player.play();
    this.#wasConnected = false;
    this.#player.close();
  }
}
