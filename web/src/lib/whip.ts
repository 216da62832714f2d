import { backoffMs } from './backoff.ts';
import type { Problem } from './problem.ts';
import { type RtcChange, RtcConnection } from './rtc-connection.ts';
import { type RtcEndpoint, RtcRefused } from './rtc-resource.ts';
import { withStartBitrate } from './sdp-wishes.ts';

export type WhipState = 'connecting' | 'live' | 'reconnecting' | 'ended';

/** What is sent. A track may be missing, and may come, go or change while live. */
export interface Source {
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
}

export interface Quality {
  readonly height: number;
  readonly frameRate: number;
  readonly maxBitrateBps: number;
}

export interface WhipPublisherOptions {
  readonly endpoint: RtcEndpoint;
  readonly source: Source;
  readonly quality: Quality;
  readonly onState: (state: WhipState, problem?: Problem) => void;
  /** Asked when the server ended the session: whether to come back. If not, the reason. */
  readonly mayResume: () => Promise<true | Problem>;
}

const AUDIO_BITRATE_BPS = 128_000;

/** Publishes over WHIP and stays live through lost networks and server restarts, until `stop`. */
export class WhipPublisher {
  readonly #options: WhipPublisherOptions;
  #source: Source;
  #connection: RtcConnection | undefined;
  #senders: { video: RTCRtpSender; audio: RTCRtpSender } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #wasLive = false;

  constructor(options: WhipPublisherOptions) {
    this.#options = options;
    this.#source = options.source;
  }

  start(): void {
    this.#connect();
  }

  /** Idempotent. */
  stop(): void {
    this.#drop();
    clearTimeout(this.#timer);
  }

  /** Swaps camera, microphone or screen without a new connection. */
  async replace(source: Source): Promise<void> {
    this.#source = source;
    const senders = this.#senders;
    if (!senders) return;
    await Promise.all([senders.video.replaceTrack(source.video), senders.audio.replaceTrack(source.audio)]);
  }

  /** `undefined` while there is no connection. */
  stats(): Promise<RTCStatsReport | undefined> {
    return this.#connection?.pc.getStats() ?? Promise.resolve(undefined);
  }

  #connect(): void {
    this.#options.onState(this.#wasLive ? 'reconnecting' : 'connecting');
    const connection = new RtcConnection({
      endpoint: this.#options.endpoint,
      prepare: (pc) => this.#send(pc),
      refineAnswer: (sdp) => withStartBitrate(sdp, this.#options.quality.maxBitrateBps / 2),
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
    const { maxBitrateBps, frameRate } = this.#options.quality;
    const streams = [new MediaStream()];
    const videoSender = pc.addTransceiver(video ?? 'video', {
      direction: 'sendonly',
      streams,
      sendEncodings: [{ maxBitrate: maxBitrateBps, maxFramerate: frameRate }],
    });
    preferWidelyPlayable(videoSender);
    const audioSender = pc.addTransceiver(audio ?? 'audio', {
      direction: 'sendonly',
      streams,
      sendEncodings: [{ maxBitrate: AUDIO_BITRATE_BPS }],
    });
    this.#senders = { video: videoSender.sender, audio: audioSender.sender };
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
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  #drop(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#senders = undefined;
  }
}

const PREFERRED = ['video/h264', 'video/vp8'];

/** H264 plays everywhere and is cheap in hardware; VP8 is what every browser can send. The rest stays as a last resort. */
function preferWidelyPlayable(transceiver: RTCRtpTransceiver): void {
  const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  const isPreferred = (mimeType: string) => (codec: RTCRtpCodec) => codec.mimeType.toLowerCase() === mimeType;
  const first = PREFERRED.flatMap((mimeType) => codecs.filter(isPreferred(mimeType)));
  transceiver.setCodecPreferences([...first, ...codecs.filter((codec) => !first.includes(codec))]);
}
