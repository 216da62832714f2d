import type { Live, LiveState } from '../api.ts';
import { LiveEvents } from '../live-events.svelte.ts';
import type { Problem } from '../problem.ts';
import { WhepPlayer, type WhepState } from '../whep.ts';
import { QualityChoice } from './quality-choice.svelte.ts';

export type PlayerState = LiveState | 'connecting' | 'error';

/** One viewer on one channel: joins what the events say about the channel with what the WHEP connection says about itself. */
export class LivePlayer {
  readonly events: LiveEvents;
  readonly quality: QualityChoice;
  stream: MediaStream | undefined = $state.raw();
  problem: Problem | undefined = $state.raw();
  #whep: WhepState = $state('idle');
  #wasConnected = $state(false);
  readonly #player: WhepPlayer;

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
  stats() {
    return this.#player.stats();
  }

  open(): void {
    if (this.events.live.state !== 'offline') this.#player.play();
    this.events.open();
  }

  /** Idempotent; `open` starts anew. */
  close(): void {
    this.events.close();
    this.#player.close();
  }

  #follow(now: Live): void {
    if (now.state !== 'offline') return this.#player.play();
    this.#wasConnected = false;
    this.#player.close();
  }
}
