import { eventsUrl, type Live, liveUrl } from './api/live.ts';
import { ChannelEvents } from './channel-events.ts';
import type { ChatListener } from './chat/messages.ts';
import { type Latency, LatencyMeter } from './player/latency.ts';
import { Playback } from './player/playback.ts';
import { type Quality, SOUND_ONLY } from './player/qualities.ts';
import { QualityChoice } from './player/quality-choice.ts';
import { ReceptionWatch } from './player/reception-watch.ts';
import { Sound } from './player/sound.ts';
import { inboundOf, numberOf } from './player/stats-entry.ts';
import type { Problem } from './problem.ts';
import type { ViewerSnapshot, ViewerState } from './viewer-snapshot.ts';
import { type MediaWish, WhepPlayer, type WhepState } from './whep.ts';

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
  readonly onChange?: (now: ViewerSnapshot) => void;
  /** Hears what is said on the channel. */
  readonly chat?: ChatListener;
}

const LOOK_EVERY_MS = 500;
// Of the server, and only where no picture comes: the link may be a thin one.
const ASK_EVERY_MS = 2000;
const STILL_MS = 1500;
const STILL_WORD_MS = 4000;

/** Watches one channel: keeps at it through lost networks, waits while nobody is live, and starts by itself. */
export class Viewer {
  readonly #options: ViewerOptions;
  readonly #events: ChannelEvents;
  readonly #player: WhepPlayer;
  readonly #sound: Sound;
  readonly #playback: Playback;
  readonly #quality: QualityChoice;
  readonly #reception = new ReceptionWatch();
  #latencyMeter = new LatencyMeter();
  #live: Live | undefined;
  #whep: WhepState = 'idle';
  #problem: Problem | undefined;
  #isWatching = false;
  #wasConnected = false;
  #dismissal: string | undefined;
  #isLinkTooThin = false;
  #isPictureStill = false;
  #latency: Latency | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ViewerOptions) {
    const { server = '', channel, token, live, muted, quality } = options;
    this.#options = options;
    this.#live = live;
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
      onStream: (stream) => this.#playback.show(stream),
      onState: (state, problem) => this.#moved(state, problem),
      onLayers: (layers) => this.#quality.heard(layers),
    });
  }

  get snapshot(): ViewerSnapshot {
    const isPictureSent = this.#live?.stream?.tracks.some(({ kind }) => kind === 'video') ?? true;
    return {
      state: this.#state,
      live: this.#live,
      viewers: this.#live?.stream?.viewers ?? 0,
      problem: this.#problem,
      dismissal: this.#dismissal,
      isStreamerGone: this.#live?.state === 'reconnecting',
      isSoundAlone: !isPictureSent || this.#playback.stream?.getVideoTracks().length === 0,
      isPictureSent,
      isLinkTooThin: this.#isLinkTooThin,
      isPictureStill: this.#isPictureStill,
      latency: this.#latency,
      isPaused: this.#playback.isPaused,
      isMuted: this.#sound.isMuted || this.#playback.isSilenced,
      isSilenced: this.#playback.isSilenced,
      volume: this.#sound.level,
      qualities: this.#quality.qualities,
      quality: this.#quality.chosen,
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
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#changed();
  }

  /** Idempotent; `startWatching` starts anew. */
  stopWatching(): void {
    this.#isWatching = false;
    clearInterval(this.#timer);
    globalThis.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#events.close();
    this.#player.close();
    this.#playback.show(undefined);
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

  /** `undefined`: the server chooses. Rejects where it can not be had. */
  setQuality(quality: Quality | undefined): Promise<void> {
    return this.#quality.choose(quality);
  }

  /** Drops what this browser holds back: a session anew has the newest picture. */
  jumpToLive(): void {
    this.#playback.play();
    this.#player.rejoin();
  }

  /** How it goes; `undefined` while there is no connection. */
  async stats() {
    const [report, server] = await Promise.all([this.#player.report(), this.#player.serverView()]);
    return report && { report, server };
  }

  get #state(): ViewerState {
    if (!this.#isWatching) return this.#live?.state === 'offline' ? 'offline' : this.#live ? 'connecting' : 'idle';
    if (this.#dismissal !== undefined || this.#whep === 'refused') return 'error';
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
    if (state === 'connected') this.#wasConnected = true;
    else this.#forget();
    this.#changed();
  }

  #forget(): void {
    this.#reception.paused(performance.now());
    this.#latencyMeter = new LatencyMeter();
    this.#latency = undefined;
    this.#isLinkTooThin = false;
    this.#isPictureStill = false;
  }

  #follow(live: Live): void {
    this.#live = live;
    if (live.state !== 'offline') {
      this.#player.play();
    } else {
      this.#wasConnected = false;
      this.#player.close();
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
    this.#player.close();
    this.#playback.show(undefined);
    this.#changed();
  }

  #counted(viewers: number): void {
    if (this.#live?.stream) this.#live = { ...this.#live, stream: { ...this.#live.stream, viewers } };
    this.#changed();
  }

  /** A lid is opened, a tab is looked at again, a network is back. */
  readonly #hurry = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (this.#live?.state !== 'offline' && this.#dismissal === undefined) this.#player.hurry();
    this.#playback.resume();
  };

  async #look(): Promise<void> {
    const report = this.#whep === 'connected' ? await this.#player.report() : undefined;
    if (!report || this.#whep !== 'connected') return;
    const video = inboundOf(report, 'video');
    const audio = inboundOf(report, 'audio');
    const nowMs = performance.now();
    const packets = numberOf(video, 'packetsReceived') + numberOf(audio, 'packetsReceived');
    const decoded = numberOf(video, 'framesDecoded');
    this.#reception.received({ packets, decoded }, nowMs);
    this.#player.pictureLooked({ decoded, height: numberOf(video, 'frameHeight') });
    // As after a sleep: the session is gone, and nobody has said so.
    if (this.#live?.state === 'live' && this.#reception.mustRejoin(nowMs)) return this.#player.rejoin();

    this.#latency = this.#latencyMeter.measured(video ?? audio ?? {}, Date.now());
    const stillMs = video && document.visibilityState === 'visible' ? this.#reception.stillMs(nowMs) : 0;
    this.#isPictureStill = stillMs > STILL_WORD_MS;
    if (stillMs < STILL_MS) this.#isLinkTooThin = false;
    else await this.#askWhy(nowMs);
    this.#changed();
  }

  async #askWhy(nowMs: number): Promise<void> {
    if (nowMs - this.#askedMs < ASK_EVERY_MS) return;
    this.#askedMs = nowMs;
    const server = await this.#player.serverView();
    this.#isLinkTooThin = server?.choice?.reason === 'link_too_thin';
  }
}

function mediaWish(quality: Pick<Quality, 'key' | 'wish'> | undefined): MediaWish {
  return { layer: quality?.wish ?? {}, isSoundOnly: quality?.key === SOUND_ONLY.key };
}
