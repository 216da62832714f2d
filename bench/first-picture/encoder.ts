import { randomInt } from 'node:crypto';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { until } from '../../tests/support/until.ts';
import { FPS, type NumberedVideo } from './numbered-video.ts';

const { PeerConnection: Peer, Video } = nodeDataChannel;

const VP8 = 96;
const CLOCK = 90_000;
const MAX_PAYLOAD = 1_180;
const START_OF_PARTITION = 0x10;
const PSFB = 206;
const PLI = 1;

/** Publishes a video over libdatachannel at its time, again and again. */
export class Encoder {
  readonly video: NumberedVideo;
  readonly hearsRequests: boolean;
  readonly #peer: PeerConnection;
  readonly #track: Track;
  readonly #ssrc = randomInt(1, 2 ** 31);
  readonly #timestamp = randomInt(0, 2 ** 31);
  readonly #log: { readonly number: number; readonly atMs: number }[] = [];
  #startMs = 0;
  #sent = 0;
  #number = 0;
  #keyframeMs: number | undefined;
  #seq = randomInt(0, 2 ** 15);
  #timer: NodeJS.Timeout | undefined;
  #requests = 0;

  private constructor(video: NumberedVideo, hearsRequests: boolean) {
    this.video = video;
    this.hearsRequests = hearsRequests;
    this.#peer = new Peer('encoder', { iceServers: [], disableAutoNegotiation: true });
    const description = new Video('0', 'SendOnly');
    description.addVP8Codec(VP8);
    description.addSSRC(this.#ssrc, 'encoder', 'encoder', 'video');
    this.#track = this.#peer.addTrack(description);
    this.#track.onMessage((rtcp) => this.#hear(rtcp));
  }

  /** Resolves once it sends. With `hearsRequests` it goes on with its next group when it is asked for a keyframe. */
  static async publish(request: {
    url: string;
    key: string;
    video: NumberedVideo;
    hearsRequests: boolean;
  }): Promise<Encoder> {
    const encoder = new Encoder(request.video, request.hearsRequests);
    await encoder.#connect(request.url, request.key);
    return encoder;
  }

  /** How often it was asked for a keyframe. */
  get requests(): number {
    return this.#requests;
  }

  /** How old the present group is; 0 before the first. */
  get groupMs(): number {
    return this.#keyframeMs === undefined ? 0 : Date.now() - this.#keyframeMs;
  }

  /** How old the picture of this number was when it was seen. */
  latencyMs(number: number, seenMs: number): number {
    const sent = this.#log.findLast((one) => one.number === number && one.atMs <= seenMs);
    return seenMs - (sent?.atMs ?? Number.NaN);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#peer.close();
  }

  async #connect(url: string, key: string): Promise<void> {
    this.#peer.setLocalDescription('offer');
    const offer = this.#peer.localDescription()?.sdp.replaceAll(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '') ?? '';
    const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${key}` };
    const response = await fetch(url, { method: 'POST', headers, body: offer });
    if (response.status !== 201) throw new Error(`WHIP: ${response.status} ${await response.text()}`);
    this.#peer.setRemoteDescription(await response.text(), 'answer');
    await until('the encoder is connected', () => this.#track.isOpen());
    this.#startMs = Date.now();
    this.#timer = setInterval(() => this.#sendDue(), 3);
  }

  #sendDue(): void {
    const { pictures, groupLength } = this.video;
    for (; this.#sent <= ((Date.now() - this.#startMs) * FPS) / 1000; this.#sent += 1) {
      const picture = pictures[this.#number];
      if (!picture) throw new Error(`there is no picture ${this.#number}`);
      const atMs = Date.now();
      this.#log.push({ number: this.#number, atMs });
      if (this.#number % groupLength === 0) this.#keyframeMs = atMs;
      this.#send(picture, (this.#timestamp + (this.#sent * CLOCK) / FPS) >>> 0);
      this.#number = (this.#number + 1) % pictures.length;
    }
  }

  #send(picture: Buffer, timestamp: number): void {
    for (let at = 0; at < picture.length; at += MAX_PAYLOAD) {
      const part = picture.subarray(at, at + MAX_PAYLOAD);
      const isLast = at + MAX_PAYLOAD >= picture.length;
      const packet = Buffer.alloc(13 + part.length);
      packet.writeUInt16BE(0x8000 | (isLast ? 0x80 : 0) | VP8, 0);
      packet.writeUInt16BE(this.#seq & 0xffff, 2);
      packet.writeUInt32BE(timestamp, 4);
      packet.writeUInt32BE(this.#ssrc, 8);
      packet[12] = at === 0 ? START_OF_PARTITION : 0;
      packet.set(part, 13);
      this.#seq += 1;
      this.#track.sendMessageBinary(packet);
    }
  }

  /** RTCP, in compounds (RFC 3550 section 6.1). */
  #hear(rtcp: Buffer): void {
    for (let at = 0; at + 4 <= rtcp.length; at += 4 * (rtcp.readUInt16BE(at + 2) + 1)) {
      if (rtcp[at + 1] !== PSFB || (rtcp.readUInt8(at) & 0x1f) !== PLI) continue;
      this.#requests += 1;
      const { groupLength, pictures } = this.video;
      if (this.hearsRequests) this.#number = (Math.ceil(this.#number / groupLength) * groupLength) % pictures.length;
    }
  }
}
