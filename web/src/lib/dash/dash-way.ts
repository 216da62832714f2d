import { FallbackWatch } from '../player/fallback-watch.ts';
import type { Playback } from '../player/playback.ts';
import type { Problem } from '../problem.ts';
import type { WhepState } from '../whep-state.ts';
import { LiveDash, type OpenDash } from './live-dash.ts';

/** WebRTC, as far as it is told when to try. */
interface WebRtc {
  play(): void;
  /** Idempotent. */
  close(): void;
}

export interface DashWayOptions {
  /** Without it there is no such way. */
  readonly open: OpenDash | undefined;
  readonly webRtc: WebRtc;
  readonly playback: Playback;
  /** The quality that was chosen, by its label. */
  readonly label: () => string | undefined;
  readonly onChange: () => void;
}

/** When DASH stands in for WebRTC, and when it no longer does: whichever is first to have a picture is seen. */
export class DashWay {
  /** Of what is live; `undefined` where there is none. */
  manifestUrl: string | undefined;
  readonly dash: LiveDash;
  readonly #options: DashWayOptions;
  readonly #fallback = new FallbackWatch();
  #stream: MediaStream | undefined;
  #webRtc: WhepState = 'idle';
  #isReturning = false;
  #isBlocked = false;

  constructor(options: DashWayOptions) {
    this.#options = options;
    this.dash = new LiveDash({
      open: options.open,
      show: (feed) => options.playback.show(feed),
      onChange: options.onChange,
      onReady: () => options.playback.resume(),
      onFailure: () => this.#failed(),
    });
  }

  get isPossible(): boolean {
    return this.manifestUrl !== undefined && this.#options.open !== undefined;
  }

  /** WebRTC does not get through, and nothing else is there to stand in. */
  get isHopeless(): boolean {
    return this.#isBlocked && !this.isPossible;
  }

  /** WebRTC is tried beside what is seen, to take over again. */
  get isReturning(): boolean {
    return this.#isReturning;
  }

  /** WebRTC brings this one. */
  came(stream: MediaStream): void {
    this.#stream = stream;
    if (!this.dash.isShown) this.#options.playback.show(stream);
  }

  moved(state: WhepState, problem: Problem | undefined, nowMs: number): void {
    this.#webRtc = state;
    this.#fallback.moved(state, problem, nowMs);
    const isWelcome = this.#isReturning || this.dash.reason === 'blocked';
    if (state === 'connected' && isWelcome) void this.#leave();
  }

  /** To be called about twice a second while somebody is live. */
  looked(nowMs: number): void {
    const isBlocked = this.#fallback.isDue(nowMs);
    this.#isBlocked = isBlocked;
    if (this.dash.hasPicture) {
      if (isBlocked) this.#isReturning = false;
      if (!this.#isReturning && this.#webRtc !== 'idle') this.#options.webRtc.close();
    } else if (isBlocked) {
      this.#start('blocked', 0);
    }
  }

  /** So much earlier, or later where it is negative; after the end of what was it goes on live. */
  rewind(seconds: number): void {
    const { window } = this.dash;
    if (!window) return seconds > 0 ? this.#start('rewound', seconds) : undefined;
    const toS = window.positionS - seconds;
    if (toS >= window.endS) this.jumpToLive();
    else this.dash.seek(Math.max(window.startS, toS));
  }

  /** The newest by DASH at once, and by WebRTC as soon as it connects, unless that is known to be blocked. */
  jumpToLive(): void {
    if (this.dash.window) this.dash.seek(this.dash.window.endS);
    if (this.dash.reason === 'rewound') this.tryWebRtcAgain();
  }

  tryWebRtcAgain(): void {
    this.#isReturning = true;
    this.#options.webRtc.play();
    this.#options.onChange();
  }

  /** Idempotent. */
  close(): void {
    void this.dash.close();
    this.#stream = undefined;
    this.#isReturning = false;
  }

  #start(reason: 'blocked' | 'rewound', backS: number): void {
    if (this.manifestUrl === undefined || this.#options.open === undefined) return;
    void this.dash.start({ manifestUrl: this.manifestUrl, reason, backS, label: this.#options.label() });
    this.#options.onChange();
  }

  async #leave(): Promise<void> {
    this.#isReturning = false;
    await this.dash.close();
    this.#options.playback.show(this.#stream);
  }

  #failed(): void {
    this.#isReturning = false;
    this.#options.playback.show(this.#stream);
    this.#options.webRtc.play();
    this.#options.onChange();
  }
}
