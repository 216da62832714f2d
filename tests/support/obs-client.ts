import { randomInt } from 'node:crypto';
import nodeDataChannel, { type PeerConnection, type RtpPacketizationConfig, type Track } from 'node-datachannel';
import { afterTest } from './after-test.ts';
import type { EncodedMedia } from './media-file.ts';
import type { UdpShaper } from './udp-shaper.ts';

const { Audio, H264RtpPacketizer, PeerConnection: Peer, RtcpNackResponder, RtcpSrReporter } = nodeDataChannel;
const { RtpPacketizationConfig: PacketizationConfig, RtpPacketizer, Video } = nodeDataChannel;

const H264_CLOCK = 90_000;
const OPUS_CLOCK = 48_000;
const OPUS_FRAME_MS = 20;
const MAX_PAYLOAD_BYTES = 1_200;

/**
 * Publishes as OBS does, on OBS's own WebRTC library: an offer without candidates, one POST, no PATCH,
 * no keyframe but the encoder's own (PLI is not heard), the connection closed before DELETE.
 */
export class ObsClient {
  readonly #peer: PeerConnection;
  readonly #session: URL;
  readonly #key: string;
  readonly #stopSending: () => void;

  private constructor(peer: PeerConnection, session: URL, key: string, stopSending: () => void) {
    this.#peer = peer;
    this.#session = session;
    this.#key = key;
    this.#stopSending = stopSending;
  }

  /** Resolves once it sends. */
  static async publish(request: {
    whipUrl: string;
    key: string;
    media: EncodedMedia;
    link?: UdpShaper;
  }): Promise<ObsClient> {
    const peer = new Peer('obs', { iceServers: [], disableAutoNegotiation: true });
    const audio = addAudio(peer);
    const video = addVideo(peer);
    peer.setLocalDescription('offer');
    const offer = peer.localDescription()?.sdp.replaceAll(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '') ?? '';

    const response = await fetch(request.whipUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${request.key}` },
      body: offer,
    });
    if (response.status !== 201) throw new Error(`WHIP: ${response.status} ${await response.text()}`);
    const connected = whenConnected(peer);
    const answer = await response.text();
    peer.setRemoteDescription(request.link?.inAnswer(answer) ?? answer, 'answer');
    await connected;

    const session = new URL(response.headers.get('location') ?? '', request.whipUrl);
    const client = new ObsClient(peer, session, request.key, sendInTime(request.media, video, audio));
    afterTest(() => client.vanish());
    return client;
  }

  /** The status of the DELETE. */
  async stop(): Promise<number> {
    this.vanish();
    const headers = { authorization: `Bearer ${this.#key}` };
    return (await fetch(this.#session, { method: 'DELETE', headers })).status;
  }

  /** As a crashed encoder: it closes, and never says so over HTTP. */
  vanish(): void {
    this.#stopSending();
    this.#peer.close();
  }
}

interface Sender {
  readonly track: Track;
  readonly rtp: RtpPacketizationConfig;
}

function addVideo(peer: PeerConnection): Sender {
  const ssrc = randomInt(1, 2 ** 31);
  const description = new Video('1', 'SendOnly');
  description.addH264Codec(96, 'profile-level-id=4d401f;packetization-mode=1;level-asymmetry-allowed=1');
  description.addSSRC(ssrc, 'obs', 'obs', 'obs-video');
  const track = peer.addTrack(description);
  const rtp = new PacketizationConfig(ssrc, 'obs', 96, H264_CLOCK);
  const packetizer = new H264RtpPacketizer('StartSequence', rtp, MAX_PAYLOAD_BYTES);
  packetizer.addToChain(new RtcpSrReporter(rtp));
  packetizer.addToChain(new RtcpNackResponder());
  track.setMediaHandler(packetizer);
  return { track, rtp };
}

function addAudio(peer: PeerConnection): Sender {
  const ssrc = randomInt(1, 2 ** 31);
  const description = new Audio('0', 'SendOnly');
  description.addOpusCodec(111);
  description.addSSRC(ssrc, 'obs', 'obs', 'obs-audio');
  const track = peer.addTrack(description);
  const rtp = new PacketizationConfig(ssrc, 'obs', 111, OPUS_CLOCK);
  const packetizer = new RtpPacketizer(rtp);
  packetizer.addToChain(new RtcpSrReporter(rtp));
  packetizer.addToChain(new RtcpNackResponder());
  track.setMediaHandler(packetizer);
  return { track, rtp };
}

function whenConnected(peer: PeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    peer.onStateChange((state) => {
      if (state === 'connected') resolve();
      if (state === 'failed' || state === 'closed') reject(new Error(`the peer connection is ${state}`));
    });
  });
}

/** Sends what is due by the clock, from the beginning again at the end. Returns how to stop. */
function sendInTime(media: EncodedMedia, video: Sender, audio: Sender): () => void {
  const startMs = performance.now();
  const [videoStart, audioStart] = [video.rtp.timestamp, audio.rtp.timestamp];
  let [videoSent, audioSent] = [0, 0];
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startMs;
    for (; videoSent <= (elapsedMs * media.fps) / 1000; videoSent += 1) {
      video.rtp.timestamp = (videoStart + (videoSent * H264_CLOCK) / media.fps) >>> 0;
      send(video.track, media.video[videoSent % media.video.length]);
    }
    for (; audioSent <= elapsedMs / OPUS_FRAME_MS; audioSent += 1) {
      audio.rtp.timestamp = (audioStart + (audioSent * OPUS_CLOCK * OPUS_FRAME_MS) / 1000) >>> 0;
      send(audio.track, media.audio[audioSent % media.audio.length]);
    }
  }, 5);
  return () => clearInterval(timer);
}

function send(track: Track, frame: Buffer | undefined): void {
  if (frame && track.isOpen()) track.sendMessageBinary(frame);
}
