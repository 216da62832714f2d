import { randomInt } from 'node:crypto';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { SentTrack } from '../../bench/publish/sent-track.ts';
import { ntpFromMs } from '../../src/transport/ntp.ts';
import { readRtcp } from '../../src/transport/rtcp.ts';
import { writeSdes, writeSenderReport } from '../../src/transport/rtcp-write.ts';
import { afterTest } from './after-test.ts';
import { h264Payloads } from './h264-payloads.ts';
import type { EncodedMedia } from './media-file.ts';
import { until } from './until.ts';

const { Audio, PeerConnection: Peer, Video } = nodeDataChannel;

const H264 = { payloadType: 96, clock: 90_000, fmtp: 'profile-level-id=4d401f;packetization-mode=1' };
const OPUS = { payloadType: 111, clock: 48_000, frameMs: 20 };
const MID = { audio: '0', video: '1' };
const EXTENSIONS = { mid: 1, rid: 2 };
const MAX_PAYLOAD = 1_180;
const TURN_MS = 3;
const REPORT_MS = 1_000;

interface Layer {
  readonly rid: string;
  readonly media: EncodedMedia;
  readonly sent: SentTrack;
  /** Of the access unit to be sent next. */
  at: number;
}

/**
 * Publishes several H264 encodings that were made beforehand as layers `0`, `1`, ... of one simulcast, with the sound of
 * the first. Costs next to no CPU, and sends the same each time.
 */
export class LayeredEncoder {
  readonly #hearsRequests: boolean;
  readonly #layers: readonly Layer[];
  readonly #peer: PeerConnection;
  readonly #video: Track;
  readonly #audio: Track;
  readonly #sound = new SentTrack({ ssrc: randomInt(1, 2 ** 31), payloadType: OPUS.payloadType });
  #startMs = 0;
  #pictures = 0;
  #sounds = 0;
  #reportMs = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(medias: readonly EncodedMedia[], hearsRequests: boolean) {
    this.#hearsRequests = hearsRequests;
    this.#layers = medias.map((media, index) => {
      const rid = String(index);
      return { rid, media, sent: layerTrack(rid), at: 0 };
    });
    this.#peer = new Peer('layers', { iceServers: [], disableAutoNegotiation: true });
    const audio = new Audio(MID.audio, 'SendOnly');
    audio.addOpusCodec(OPUS.payloadType);
    audio.addSSRC(this.#sound.ssrc, 'layers', 'layers', 'audio');
    this.#audio = this.#peer.addTrack(audio);
    const video = new Video(MID.video, 'SendOnly');
    video.addH264Codec(H264.payloadType, H264.fmtp);
    // Else the library does not know whose the requests are that come in.
    for (const { sent } of this.#layers) video.addSSRC(sent.ssrc, 'layers');
    this.#video = this.#peer.addTrack(video);
    this.#video.onMessage((rtcp) => this.#hear(rtcp));
  }

  /**
   * Resolves once it sends. `layers`: of the same length, the best first. With `hearsRequests` a layer goes on with its
   * next group when it is asked for a keyframe, as a browser does; OBS does not.
   */
  static async publish(request: {
    whipUrl: string;
    key: string;
    layers: readonly EncodedMedia[];
    hearsRequests: boolean;
  }): Promise<LayeredEncoder> {
    const encoder = new LayeredEncoder(request.layers, request.hearsRequests);
    afterTest(() => encoder.stop());
    await encoder.#connect(request.whipUrl, request.key);
    return encoder;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#peer.close();
  }

  async #connect(url: string, key: string): Promise<void> {
    this.#peer.setLocalDescription('offer');
    const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${key}` };
    const response = await fetch(url, { method: 'POST', headers, body: this.#offer() });
    if (response.status !== 201) throw new Error(`WHIP: ${response.status} ${await response.text()}`);
    this.#peer.setRemoteDescription(await response.text(), 'answer');
    await until('the encoder is connected', () => this.#video.isOpen() && this.#audio.isOpen());
    this.#startMs = performance.now();
    this.#timer = setInterval(() => this.#sendDue(performance.now()), TURN_MS);
  }

  /** The library knows nothing of simulcast: its layers are named here, as OBS does it (RFC 8853). */
  #offer(): string {
    const rids = this.#layers.map(({ rid }) => rid);
    const lines = [
      `a=extmap:${EXTENSIONS.mid} urn:ietf:params:rtp-hdrext:sdes:mid`,
      `a=extmap:${EXTENSIONS.rid} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id`,
      ...rids.map((rid) => `a=rid:${rid} send`),
      `a=simulcast:send ${rids.join(';')}`,
    ];
    const sdp = this.#peer.localDescription()?.sdp ?? '';
    return sdp
      .replaceAll(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '')
      .replaceAll(this.#layersSsrcs(), '')
      .replace(`a=mid:${MID.video}\r\n`, `$&${lines.join('\r\n')}\r\n`);
  }

  /** Lines that would say which layer is whose: OBS leaves that to the packets. */
  #layersSsrcs(): RegExp {
    return new RegExp(`^a=ssrc:(${this.#layers.map(({ sent }) => sent.ssrc).join('|')}) .*\\r\\n`, 'gm');
  }

  #sendDue(nowMs: number): void {
    const elapsedMs = nowMs - this.#startMs;
    const fps = this.#layers[0]?.media.fps ?? 0;
    for (; this.#pictures <= (elapsedMs * fps) / 1000; this.#pictures += 1) {
      for (const layer of this.#layers) this.#sendPicture(layer, (this.#pictures * H264.clock) / fps);
    }
    const audio = this.#layers[0]?.media.audio ?? [];
    for (; this.#sounds <= elapsedMs / OPUS.frameMs; this.#sounds += 1) {
      this.#sound.timestamp = (this.#sounds * OPUS.clock * OPUS.frameMs) / 1000;
      const packet = audio[this.#sounds % audio.length];
      if (packet) send(this.#audio, this.#sound, packet, false);
    }
    if (nowMs - this.#reportMs < REPORT_MS) return;
    this.#reportMs = nowMs;
    report(this.#audio, this.#sound, (elapsedMs * OPUS.clock) / 1000);
    for (const { sent } of this.#layers) report(this.#video, sent, (elapsedMs * H264.clock) / 1000);
  }

  #sendPicture(layer: Layer, timestamp: number): void {
    const { media, sent } = layer;
    sent.timestamp = Math.round(timestamp);
    const payloads = h264Payloads(media.video[layer.at] ?? Buffer.alloc(0), MAX_PAYLOAD);
    for (const [index, payload] of payloads.entries()) send(this.#video, sent, payload, index === payloads.length - 1);
    layer.at = (layer.at + 1) % media.video.length;
  }

  #hear(rtcp: Buffer): void {
    if (!this.#hearsRequests) return;
    for (const item of readRtcp(rtcp)) {
      if (item.type !== 'pli') continue;
      const layer = this.#layers.find(({ sent }) => sent.ssrc === item.mediaSsrc);
      if (layer) layer.at = nextKeyframe(layer);
    }
  }
}

function layerTrack(rid: string): SentTrack {
  const names = { midId: EXTENSIONS.mid, mid: MID.video, ridId: EXTENSIONS.rid, rid };
  return new SentTrack({ ssrc: randomInt(1, 2 ** 31), payloadType: H264.payloadType, names });
}

function send(track: Track, sent: SentTrack, payload: Buffer, marker: boolean): void {
  const packet = Buffer.alloc(sent.headerBytes + payload.length);
  sent.writeHeader(new DataView(packet.buffer, packet.byteOffset), 0, marker);
  packet.set(payload, sent.headerBytes);
  if (track.isOpen()) track.sendMessageBinary(packet);
  sent.sent(payload.length);
}

function report(track: Track, { ssrc, packets, octets }: SentTrack, rtpTimestamp: number): void {
  const ntp = ntpFromMs(performance.timeOrigin + performance.now());
  const sender = writeSenderReport({
    ssrc,
    ntpHigh: ntp.high,
    ntpLow: ntp.low,
    rtpTimestamp: Math.round(rtpTimestamp) >>> 0,
    packetCount: packets,
    octetCount: octets >>> 0,
    reports: [],
  });
  if (track.isOpen()) track.sendMessageBinary(Buffer.concat([sender, writeSdes(ssrc, 'layers')]));
}

function nextKeyframe({ at, media }: Layer): number {
  const { groupLength, video } = media;
  return (Math.ceil(at / groupLength) * groupLength) % video.length;
}
