import { backoffMs } from './backoff.ts';
import type { Problem } from './problem.ts';
import { type RtcChange, RtcConnection } from './rtc-connection.ts';
import { type RtcEndpoint, RtcRefused } from './rtc-resource.ts';
import { withStartBitrate } from './sdp-wishes.ts';
import { inOrder, type Quality, sendLayers } from './send-layers.ts';

export type { Quality } from './send-layers.ts';

export type WhipState = 'connecting' | 'live' | 'reconnecting' | 'ended';

/** What is sent. A track may be missing, and may come, go or change while live. */
export interface Source {
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
}

/** The next try to connect: which one since the last success, and in how long. */
export interface Retry {
  readonly attempt: number;
  readonly inMs: number;
}

export interface WhipPublisherOptions {
  readonly endpoint: RtcEndpoint;
  readonly source: Source;
  readonly quality: Quality;
  readonly onState: (state: WhipState, problem?: Problem) => void;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Asked when the server ended the session: whether to come back. If not, the reason. */
  readonly mayResume: () => Promise<true | Problem>;
}

const AUDIO_BITRATE_BPS = 128_000;

/** Publishes over WHIP and stays live through lost networks and server restarts, until `stop`. */
export class WhipPublisher {
  readonly #options: WhipPublisherOptions;
  #source: Source;
  #quality: Quality;
  #connection: RtcConnection | undefined;
  #senders: { video: RTCRtpSender; audio: RTCRtpSender } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tuning: Promise<void> = Promise.resolve();
  #failures = 0;
  #wasLive = false;

  constructor(options: WhipPublisherOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#quality = options.quality;
  }

  start(): void {
    this.#connect();
  }

  /** Idempotent. */
  stop(): void {
    this.#drop();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Swaps camera, microphone or screen without a new connection. */
  async replace(source: Source): Promise<void> {
    this.#source = source;
    const senders = this.#senders;
    if (!senders) return;
    await Promise.all([senders.video.replaceTrack(source.video), senders.audio.replaceTrack(source.audio)]);
    await this.tune(this.#quality);
  }

  /** Another size, frame rate or bitrate, without a new connection; codec and layers stay as they were agreed. */
  tune(quality: Quality): Promise<void> {
    this.#quality = quality;
    // One at a time: a sender refuses parameters that another call has overtaken.
    this.#tuning = this.#tuning.then(() => this.#tuneSender());
    return this.#tuning;
  }

  /** Does not wait for the next try. Nothing, when none is due. */
  retryNow(): void {
    if (this.#timer === undefined) return;
    this.#failures = 0;
    this.#retryIn(0);
  }

  /** `undefined` while there is no connection. */
  stats(): Promise<RTCStatsReport | undefined> {
    return this.#connection?.pc.getStats() ?? Promise.resolve(undefined);
  }

  #connect(): void {
    this.#timer = undefined;
    this.#options.onState(this.#wasLive ? 'reconnecting' : 'connecting');
    const connection = new RtcConnection({
      endpoint: this.#options.endpoint,
      prepare: (pc) => this.#send(pc),
      refineAnswer: (sdp) => withStartBitrate(sdp, this.#quality.maxBitrateBps / 2),
      onChange: (change) => void this.#changed(change),
    });
    this.#connection = connection;
    connection.open().catch((error: unknown) => {
      if (this.#connection === connection) this.#refused(error);
      connection.close();
    });
  }

  #send(pc: RTCPeerConnection): void {
    const { video, audio } = this.#source;
    const streams = [new MediaStream()];
    const videoSender = pc.addTransceiver(video ?? 'video', {
      direction: 'sendonly',
      streams,
      sendEncodings: sendLayers(this.#quality, shortSideOf(video)),
    });
    const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
    videoSender.setCodecPreferences(inOrder(codecs, this.#quality.codec));
    const audioSender = pc.addTransceiver(audio ?? 'audio', {
      direction: 'sendonly',
      streams,
      sendEncodings: [{ maxBitrate: AUDIO_BITRATE_BPS }],
    });
    this.#senders = { video: videoSender.sender, audio: audioSender.sender };
  }

  async #tuneSender(): Promise<void> {
    const sender = this.#senders?.video;
    if (!sender) return;
    const layers = sendLayers(this.#quality, shortSideOf(this.#source.video));
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) {
      const layer = layers.find(({ rid }) => rid === encoding.rid) ?? layers.at(-1);
      const { active, scaleResolutionDownBy, maxBitrate, maxFramerate } = { ...encoding, ...layer };
      Object.assign(encoding, { active, scaleResolutionDownBy, maxBitrate, maxFramerate });
    }
    // Refused of a sender that ended meanwhile; the next one is made with the right ones.
    await sender.setParameters(parameters).catch(() => {});
  }

  async #changed(change: RtcChange): Promise<void> {
    if (change === 'up') {
      this.#failures = 0;
      this.#wasLive = true;
      return this.#options.onState('live');
    }
    if (change === 'interrupted') return this.#options.onState('reconnecting');

    const lost = this.#connection;
    this.#options.onState('reconnecting');
    const answer = change === 'ended' ? await this.#options.mayResume() : true;
    if (this.#connection !== lost) return; // stopped meanwhile
    this.#drop();
    if (answer === true) this.#retryIn(backoffMs(this.#failures++));
    else this.#options.onState('ended', answer);
  }

  #refused(error: unknown): void {
    this.#drop();
    const problem = error instanceof RtcRefused ? error.problem : { status: 0, message: String(error) };
    const mayPass = problem.status === 0 || problem.status === 429 || problem.status >= 500;
    // Before the first success a refusal is an answer; later it may be the server coming back.
    if (!mayPass || (!this.#wasLive && problem.status !== 503)) return this.#options.onState('ended', problem);
    this.#options.onState('reconnecting', problem);
    this.#retryIn(Math.max(problem.retryAfterMs ?? 0, backoffMs(this.#failures++)));
  }

  #retryIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#options.onRetry?.({ attempt: this.#failures, inMs: ms });
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  #drop(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#senders = undefined;
  }
}

function shortSideOf(track: MediaStreamTrack | null): number {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.min(width, height);
}
