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
import { PUBLISHED, publishOffer, type SentSsrcs } from '../load/offer.ts';
import { Signalling } from '../load/signalling.ts';
import { writeStamp } from './stamp.ts';
import { HD_STREAM, packetsOf } from './synthetic-video.ts';

const RTP_HEADER = 12;
const AUDIO_BYTES = 160;
const AUDIO_MS = 20;
const VIDEO_CLOCK = 90_000;
const AUDIO_CLOCK = 48_000;
const TURN_MS = 2;
const REPORT_MS = 1_000;
const CONNECT_MS = 10_000;

interface Sending {
  readonly ssrc: number;
  readonly payloadType: number;
  seq: number;
  packets: number;
  octets: number;
  timestamp: number;
}

export interface PublishOptions {
  readonly url: string;
  readonly token: string;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
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
  readonly #ssrcs: SentSsrcs = { audio: randomInt(1, 2 ** 31), video: randomInt(2 ** 31, 2 ** 32 - 1) };
  readonly #audio = startOf(this.#ssrcs.audio, PUBLISHED.opus);
  readonly #video = startOf(this.#ssrcs.video, PUBLISHED.h264);
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
    for (let at = 0; at < this.#payload.bytes.length; at += 1) this.#payload.bytes[at] = randomInt(1, 256);
  }

  /** Resolves once it sends. */
  static async start(options: PublishOptions): Promise<Publisher> {
    const publisher = new Publisher(options);
    await publisher.#connect();
    return publisher;
  }

  /** Packets sent so far, both tracks. */
  get packets(): number {
    return this.#audio.packets + this.#video.packets;
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
      this.#ssrcs,
      { hasAudio, hasVideo },
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
    for (; this.#options.hasVideo && this.#frames <= (elapsedMs * HD_STREAM.fps) / 1000; this.#frames += 1) {
      this.#video.timestamp = Math.round((this.#frames * VIDEO_CLOCK) / HD_STREAM.fps);
      this.#sendFrame(sender);
    }
    for (; this.#options.hasAudio && this.#audioFrames <= elapsedMs / AUDIO_MS; this.#audioFrames += 1) {
      this.#audio.timestamp = (this.#audioFrames * AUDIO_CLOCK * AUDIO_MS) / 1000;
      this.#sendPacket(sender, this.#audio, AUDIO_BYTES, false);
    }
    if (nowMs - this.#reportMs >= REPORT_MS) {
      this.#reportMs = nowMs;
      if (this.#options.hasAudio) this.#report(sender, this.#audio);
      if (this.#options.hasVideo) this.#report(sender, this.#video);
    }
    this.#socket?.writer.flush();
  }

  #sendFrame(sender: SrtpSender): void {
    for (const { head, length, isLast } of packetsOf(HD_STREAM, this.#frames)) {
      this.#payload.bytes.set(head);
      this.#sendPacket(sender, this.#video, length, isLast);
    }
  }

  #sendPacket(sender: SrtpSender, track: Sending, length: number, marker: boolean): void {
    const writer = this.#socket?.writer;
    if (!writer || !this.#destination) return;
    writeStamp(this.#payloadView, length, realtimeUs());
    const size = RTP_HEADER + length + sender.rtp.rtpOverhead;
    const start = writer.reserve(size);
    writer.view.setUint16(start, 0x8000 | (marker ? 0x80 : 0) | track.payloadType);
    writer.view.setUint16(start + 2, track.seq & 0xffff);
    writer.view.setUint32(start + 4, track.timestamp >>> 0);
    writer.view.setUint32(start + 8, track.ssrc);
    sender.rtp.sealRtp(writer.memory.address + start, RTP_HEADER, this.#payload.address, length, track.ssrc, track.seq);
    writer.commit(this.#destination, start, size, size);
    track.seq += 1;
    track.packets += 1;
    track.octets += length;
  }

  #report(sender: SrtpSender, track: Sending): void {
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

function startOf(ssrc: number, payloadType: number): Sending {
  return { ssrc, payloadType, seq: randomInt(0, 32_768), packets: 0, octets: 0, timestamp: 0 };
}
