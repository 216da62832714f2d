import { randomInt } from 'node:crypto';
import { allocateMemory } from '../../src/native/memory.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import type { DatagramSource } from '../../src/transport/datagram-source.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { DtlsContext } from '../../src/transport/dtls.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { ntpFromMs } from '../../src/transport/ntp.ts';
import { writeSdes, writeSenderReport } from '../../src/transport/rtcp-write.ts';
import { type NativeSlice, SrtpSender } from '../../src/transport/srtp-session.ts';
import { createCipherScratch } from '../../src/transport/srtp-transform.ts';
import { UdpSocket } from '../../src/transport/udp-socket.ts';
import { readAnswer } from '../load/answer.ts';
import { ClientPeer } from '../load/client-peer.ts';
import { realtimeUs } from '../load/clock.ts';
import { EXTENSION_IDS, PUBLISHED, publishOffer, VIDEO_MID } from '../load/offer.ts';
import { Signalling } from '../load/signalling.ts';
import { SentTrack } from './sent-track.ts';
import { writeStamp } from './stamp.ts';
import { HD_STREAM, LAYER_SHAPES, packetsOf, type VideoShape } from './synthetic-video.ts';

const AUDIO_BYTES = 160;
const AUDIO_MS = 20;
const VIDEO_CLOCK = 90_000;
const AUDIO_CLOCK = 48_000;
const FPS = 30;
const TURN_MS = 2;
const REPORT_MS = 1_000;
const CONNECT_MS = 10_000;

export interface PublishOptions {
  readonly url: string;
  readonly token: string;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  /** Simulcast where more than one; up to 4, the largest first. */
  readonly layers?: number;
}

/** A WHIP client that sends 2.5 Mbit/s of synthetic H264 and 50 packets a second of Opus, and ignores keyframe requests. */
export class Publisher {
  readonly #options: PublishOptions;
  readonly #certificate = createCertificate();
  readonly #dtls = new DtlsContext(this.#certificate);
  readonly #scratch = createCipherScratch();
  readonly #signalling = new Signalling({ maxConnections: 1 });
  readonly #peer = new ClientPeer(this.#dtls);
  readonly #payload = allocateMemory(2048);
  readonly #payloadView = new DataView(this.#payload.bytes.buffer);
  readonly #audio = new SentTrack({ ssrc: randomInt(1, 2 ** 31), payloadType: PUBLISHED.opus });
  /** The largest first. */
  readonly #layers: readonly [SentTrack, ...SentTrack[]];
  #socket: UdpSocket | undefined;
  #destination: Destination | undefined;
  #sender: SrtpSender | undefined;
  #session = '';
  #timer: NodeJS.Timeout | undefined;
  #startMs = 0;
  #frames = 0;
  #audioFrames = 0;
  #reportMs = 0;

  private constructor(options: PublishOptions) {
    this.#options = options;
    this.#layers = layersOf(options.layers ?? 1);
    for (let at = 0; at < this.#payload.bytes.length; at += 1) this.#payload.bytes[at] = randomInt(1, 256);
  }

  /** Resolves once it sends. */
  static async start(options: PublishOptions): Promise<Publisher> {
    const publisher = new Publisher(options);
    await publisher.#connect();
    return publisher;
  }

  /** Packets sent so far that one viewer is to get: sound and the largest layer. */
  get packets(): number {
    return this.#audio.packets + this.#layers[0].packets;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#sendAll(this.#peer.close());
    this.#sender?.close();
    this.#sender = undefined;
    await this.#signalling.delete(this.#session, this.#options.token);
    this.#signalling.close();
    this.#socket?.close();
    this.#dtls.close();
  }

  async #connect(): Promise<void> {
    const { url, token, hasAudio, hasVideo } = this.#options;
    this.#socket = await UdpSocket.open({
      family: 4,
      port: 0,
      mode: 'sendmmsg',
      reader: { onDatagram: (...datagram) => this.#receive(...datagram), onBatchEnd: () => {} },
    });
    const offer = publishOffer(
      {
        ice: this.#peer.ice,
        fingerprint: this.#certificate.fingerprint,
        candidate: { address: '127.0.0.1', port: this.#socket.port },
      },
      { audio: this.#audio.ssrc, video: this.#layers[0].ssrc },
      { hasAudio, hasVideo, layers: this.#layers.length },
    );
    const { answer, session } = await this.#signalling.post(url, token, offer);
    this.#session = session;
    const read = readAnswer(answer);
    this.#destination = new Destination(endpointFromText(read.candidate.address, read.candidate.port));
    this.#peer.accept(read);
    const deadlineMs = performance.now() + CONNECT_MS;
    await new Promise<void>((resolve, reject) => {
      this.#timer = setInterval(() => {
        this.#turn();
        if (this.#sender) resolve();
        else if (this.#peer.isClosed || performance.now() > deadlineMs) reject(new Error(this.#peer.failure));
      }, TURN_MS);
    });
  }

  #receive(memory: NativeSlice, start: number, end: number, source: DatagramSource): void {
    const first = memory.bytes[start] ?? 0;
    const nowMs = performance.now();
    if (first < 4) {
      this.#sendAll(this.#peer.receiveStun(memory.bytes.slice(start, end), () => source.endpoint(), nowMs));
    } else if (first >= 20 && first < 64) {
      this.#sendAll(this.#peer.receiveDtls(memory.bytes.slice(start, end), nowMs));
    }
    const { keys } = this.#peer;
    if (!keys || this.#sender) return;
    this.#sender = new SrtpSender(keys, this.#scratch);
    this.#startMs = nowMs;
  }

  /** Sends what is due by the clock. */
  #turn(): void {
    const nowMs = performance.now();
    this.#sendAll(this.#peer.poll(nowMs));
    const sender = this.#sender;
    if (!sender) return;
    const elapsedMs = nowMs - this.#startMs;
    if (this.#options.hasVideo) this.#sendPictures(sender, elapsedMs);
    if (this.#options.hasAudio) this.#sendSound(sender, elapsedMs);
    if (nowMs - this.#reportMs >= REPORT_MS) {
      this.#reportMs = nowMs;
      if (this.#options.hasAudio) this.#report(sender, this.#audio);
      if (this.#options.hasVideo) for (const track of this.#layers) this.#report(sender, track);
    }
    this.#socket?.writer.flush();
  }

  #sendPictures(sender: SrtpSender, elapsedMs: number): void {
    for (; this.#frames <= (elapsedMs * FPS) / 1000; this.#frames += 1) {
      for (const [index, track] of this.#layers.entries()) {
        track.timestamp = Math.round((this.#frames * VIDEO_CLOCK) / FPS);
        this.#sendFrame(sender, track, LAYER_SHAPES[index] ?? HD_STREAM);
      }
    }
  }

  #sendSound(sender: SrtpSender, elapsedMs: number): void {
    for (; this.#audioFrames <= elapsedMs / AUDIO_MS; this.#audioFrames += 1) {
      this.#audio.timestamp = (this.#audioFrames * AUDIO_CLOCK * AUDIO_MS) / 1000;
      this.#sendPacket(sender, this.#audio, AUDIO_BYTES, false);
    }
  }

  #sendFrame(sender: SrtpSender, track: SentTrack, shape: VideoShape): void {
    for (const { head, length, isLast } of packetsOf(shape, this.#frames)) {
      this.#payload.bytes.set(head);
      this.#sendPacket(sender, track, length, isLast);
    }
  }

  #sendPacket(sender: SrtpSender, track: SentTrack, length: number, marker: boolean): void {
    const writer = this.#socket?.writer;
    if (!writer || !this.#destination) return;
    writeStamp(this.#payloadView, length, realtimeUs());
    const { headerBytes, ssrc, seq } = track;
    const size = headerBytes + length + sender.rtp.rtpOverhead;
    const start = writer.reserve(size);
    track.writeHeader(writer.view, start, marker);
    sender.rtp.sealRtp(writer.memory.address + start, headerBytes, this.#payload.address, length, ssrc, seq);
    writer.commit(this.#destination, start, size, size);
    track.sent(length);
  }

  #report(sender: SrtpSender, track: SentTrack): void {
    const ntp = ntpFromMs(performance.timeOrigin + performance.now());
    const report = writeSenderReport({
      ssrc: track.ssrc,
      ntpHigh: ntp.high,
      ntpLow: ntp.low,
      rtpTimestamp: track.timestamp >>> 0,
      packetCount: track.packets,
      octetCount: track.octets >>> 0,
      reports: [],
    });
    const packet = Buffer.concat([report, writeSdes(track.ssrc, 'bench')]);
    this.#payload.bytes.set(packet, 0);
    const length = sender.sealRtcp(this.#payload, 0, packet.length);
    this.#send(this.#payload.bytes.subarray(0, length));
  }

  #sendAll(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.#send(datagram);
    this.#socket?.writer.flush();
  }

  #send(datagram: Uint8Array): void {
    const writer = this.#socket?.writer;
    if (!writer || !this.#destination) return;
    const start = writer.reserve(datagram.length);
    writer.memory.bytes.set(datagram, start);
    writer.commit(this.#destination, start, datagram.length, datagram.length);
  }
}

function layersOf(count: number): readonly [SentTrack, ...SentTrack[]] {
  const one = (index: number) => {
    const names = { midId: EXTENSION_IDS.mid, mid: VIDEO_MID, ridId: EXTENSION_IDS.rid, rid: String(index) };
    const ssrc = randomInt(2 ** 31, 2 ** 32 - 1);
    return new SentTrack({ ssrc, payloadType: PUBLISHED.h264, ...(count > 1 && { names }) });
  };
  return [one(0), ...Array.from({ length: count - 1 }, (_, index) => one(index + 1))];
}
