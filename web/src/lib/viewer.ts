import { eventsUrl, type Live, liveUrl } from './api/live.ts';
import { ChannelEvents } from './channel-events.ts';
import type { ChatListener } from './chat/messages.ts';
import type { DashFigures } from './dash/dash-figures.ts';
import { DashWay } from './dash/dash-way.ts';
import type { OpenDash } from './dash/live-dash.ts';
import { PictureWatch } from './player/picture-watch.ts';
import { Playback } from './player/playback.ts';
import { mediaWish, type Quality, SOUND_ONLY } from './player/qualities.ts';
import { QualityChoice } from './player/quality-choice.ts';
import { Sound } from './player/sound.ts';
import type { Problem } from './problem.ts';
import type { ViewerSnapshot, ViewerState } from './viewer-snapshot.ts';
import { WhepPlayer } from './whep.ts';
import type { WhepState } from './whep-state.ts';

export interface ViewerOptions {
  /** The address of a Freshet server; without it that of the page. */
  readonly server?: string;
  readonly channel: string;
  /** A viewer token, for a private channel. */
  readonly token?: string;
  /** What is known of the channel already, so that the first state is the right one. */
  readonly live?: Live;
  /** Begins without sound, or with it, and remembers nothing; otherwise as it was the last time. */
  readonly muted?: boolean;
  /** To begin with this one, as the menu names it (`720p`), or with `audio`; otherwise as it was the last time. */
  readonly quality?: string | undefined;
  /** Plays DASH, for when WebRTC does not get through and for what was; without it there is neither. */
  readonly openDash?: OpenDash;
  readonly onChange?: (now: ViewerSnapshot) => void;
  /** Hears what is said on the channel. */
  readonly chat?: ChatListener;
}

const LOOK_EVERY_MS = 500;

/** Watches one channel: keeps at it through lost networks, waits while nobody is live, and starts by itself. */
export class Viewer {
  readonly #options: ViewerOptions;
  readonly #events: ChannelEvents;
  readonly #player: WhepPlayer;
  readonly #sound: Sound;
  readonly #playback: Playback;
  readonly #quality: QualityChoice;
  readonly #picture: PictureWatch;
  readonly #dashWay: DashWay;
  #live: Live | undefined;
  #whep: WhepState = 'idle';
  #problem: Problem | undefined;
  #isWatching = false;
  #wasConnected = false;
  #dismissal: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ViewerOptions) {
    const { server = '', channel, token, live, muted, quality, openDash } = options;
    this.#options = options;
    this.#sound = new Sound(muted === undefined ? {} : { isMuted: muted });
    this.#playback = new Playback(this.#sound, {
      onChange: () => this.#changed(),
      onPicture: () => this.#player.pictureShown(),
    });
    this.#quality = new QualityChoice({
      channel,
      first: quality,
      ask: (quality) => this.#player.choose(mediaWish(quality)),
      onChange: () => this.#changed(),
    });
    this.#events = new ChannelEvents({
      url: server + eventsUrl(channel),
      onLive: (now) => this.#follow(now),
      onViewers: (viewers) => this.#counted(viewers),
      onEnded: (reason) => void this.#dismissed(reason),
      chat: options.chat,
    });
    this.#player = new WhepPlayer({
      endpoint: { url: `${server}/whep/${encodeURIComponent(channel)}`, ...(token !== undefined && { token }) },
      wish: mediaWish(this.#quality.first),
      onStream: (stream) => this.#dashWay.came(stream),
      onState: (state, problem) => this.#moved(state, problem),
      onLayers: (layers) => this.#quality.heard(layers),
    });
    this.#picture = new PictureWatch(this.#player);
    this.#dashWay = new DashWay({
      open: openDash,
      webRtc: this.#player,
      playback: this.#playback,
      label: () => this.#quality.label,
      onChange: () => this.#changed(),
    });
    this.#know(live);
  }

  get snapshot(): ViewerSnapshot {
    const isPictureSent = this.#live?.stream?.tracks.some(({ kind }) => kind === 'video') ?? true;
    const { dash } = this.#dashWay;
    const choice = dash.isShown ? dash : this.#quality;
    return {
      state: this.#state,
      live: this.#live,
      viewers: this.#live?.stream?.viewers ?? 0,
      problem: this.#problem,
      dismissal: this.#dismissal,
      isStreamerGone: this.#live?.state === 'reconnecting',
      isSoundAlone:
        !isPictureSent ||
        (dash.isShown ? choice.chosen === SOUND_ONLY : this.#playback.stream?.getVideoTracks().length === 0),
      isPictureSent,
      isLinkTooThin: this.#picture.isLinkTooThin,
      isPictureStill: this.#picture.isPictureStill,
      latency: dash.isShown ? dash.latency : this.#picture.latency,
      isPaused: this.#playback.isPaused,
      isMuted: this.#sound.isMuted || this.#playback.isSilenced,
      isSilenced: this.#playback.isSilenced,
      volume: this.#sound.level,
      qualities: choice.qualities,
      quality: choice.chosen,
      canRewind: this.#dashWay.isPossible,
      dashReason: dash.reason,
      isTryingWebRtc: this.#dashWay.isReturning,
      isNetworkBlocking: this.#whep !== 'connected' && this.#dashWay.isHopeless,
      dashWindow: dash.window,
    };
  }

  /** Idempotent. The picture is shown where `attach` says, before or after. */
  startWatching(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#dismissal = undefined;
    if (this.#live?.state !== 'offline') this.#player.play();
    this.#events.open();
    globalThis.addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#changed();
  }

  /** Idempotent; `startWatching` starts anew. */
  stopWatching(): void {
    this.#isWatching = false;
    clearInterval(this.#timer);
    globalThis.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#events.close();
    this.#end();
    this.#wasConnected = false;
    this.#changed();
  }

  /** Shows the stream on a `<video>`, and returns how to take it away. */
  attach(video: HTMLVideoElement): () => void {
    return this.#playback.attach(video);
  }

  play(): void {
    this.#playback.play();
  }

  pause(): void {
    this.#playback.pause();
  }

  toggleMute(): void {
    this.#playback.toggleMute();
  }

  /** 0 to 1; 0 mutes. */
  setVolume(level: number): void {
    this.#playback.setVolume(level);
  }

  /** `undefined`: the best that the link carries. Rejects where it can not be had. */
  async setQuality(quality: Quality | undefined): Promise<void> {
    const { dash } = this.#dashWay;
    if (!dash.isShown) return this.#quality.choose(quality);
    dash.choose(quality);
    await this.#quality.chooseLabel(quality?.label);
  }

  /** Drops what this browser holds back: a session anew has the newest picture. */
  jumpToLive(): void {
    this.#playback.play();
    if (this.#dashWay.dash.isShown) this.#dashWay.jumpToLive();
    else this.#player.rejoin();
  }

  /** To a moment of `dashWindow`. */
  seek(atS: number): void {
    this.#dashWay.dash.seek(atS);
    this.#changed();
  }

  /** So much earlier, or later where it is negative; after the end of what was it goes on live. */
  rewind(seconds: number): void {
    this.#dashWay.rewind(seconds);
    this.#changed();
  }

  /** What is seen goes on until WebRTC has a picture. */
  tryWebRtcAgain(): void {
    this.#dashWay.tryWebRtcAgain();
  }

  /** How DASH goes; `undefined` while it is not what is seen. */
  get dashFigures(): DashFigures | undefined {
    return this.#dashWay.dash.figures;
  }

  /** How WebRTC goes; `undefined` while there is no connection. */
  async stats() {
    const [report, server] = await Promise.all([this.#player.report(), this.#player.serverView()]);
    return report && { report, server };
  }

  get #state(): ViewerState {
    if (!this.#isWatching) return this.#live?.state === 'offline' ? 'offline' : this.#live ? 'connecting' : 'idle';
    if (this.#dismissal !== undefined) return 'error';
    const { dash } = this.#dashWay;
    if (dash.isShown) return dash.hasPicture ? 'live' : 'connecting';
    if (this.#whep === 'refused') return 'error';
    if (this.#whep === 'connected') return this.#live?.state === 'reconnecting' ? 'reconnecting' : 'live';
    if (this.#live?.state === 'offline' || this.#problem?.status === 409) return 'offline';
    return this.#wasConnected ? 'reconnecting' : 'connecting';
  }

  #changed(): void {
    this.#options.onChange?.(this.snapshot);
  }

  #moved(state: WhepState, problem: Problem | undefined): void {
    this.#whep = state;
    this.#problem = problem;
    this.#dashWay.moved(state, problem, performance.now());
    if (state === 'connected') this.#wasConnected = true;
    else this.#picture.forget(performance.now());
    this.#changed();
  }

  #know(live: Live | undefined): void {
    this.#live = live;
    const url = live?.dashUrl;
    this.#dashWay.manifestUrl = url ? (this.#options.server ?? '') + url : undefined;
  }

  #end(): void {
    this.#player.close();
    this.#dashWay.close();
    this.#playback.show(undefined);
  }

  #follow(live: Live): void {
    this.#know(live);
    if (live.state === 'offline') {
      this.#wasConnected = false;
      this.#end();
    } else if (!this.#dashWay.dash.isShown) {
      this.#player.play();
    }
    this.#changed();
  }

  /** What let this viewer in is worth nothing any more, unless something else lets him. */
  async #dismissed(reason: string): Promise<void> {
    this.#events.close();
    const { server = '', channel, token } = this.#options;
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(server + liveUrl(channel), { headers }).catch(() => undefined);
    if (!this.#isWatching) return;
    if (answer?.status !== 404) return this.#events.open();
    this.#dismissal = reason;
    this.#end();
    this.#changed();
  }

  #counted(viewers: number): void {
    if (this.#live?.stream) this.#live = { ...this.#live, stream: { ...this.#live.stream, viewers } };
    this.#changed();
  }

  /** A lid is opened, a tab is looked at again, a network is back. */
  readonly #hurry = (): void => {
    if (document.visibilityState !== 'visible') return;
    const isOver = this.#live?.state === 'offline' || this.#dismissal !== undefined;
    if (!isOver && !this.#dashWay.dash.isShown) this.#player.hurry();
    this.#playback.resume();
  };

  #look(): void {
    if (this.#live?.state === 'live') this.#dashWay.looked(performance.now());
    if (this.#dashWay.dash.isShown) this.#changed();
    else void this.#lookAtWebRtc();
  }

  async #lookAtWebRtc(): Promise<void> {
    const report = this.#whep === 'connected' ? await this.#player.report() : undefined;
    if (!report || this.#whep !== 'connected') return;
    const isDead = await this.#picture.looked(report, this.#live?.state === 'live', performance.now());
    if (isDead) this.#player.rejoin();
    else this.#changed();
  }
}
