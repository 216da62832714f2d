import { readAnswer } from '../../bench/load/answer.ts';
import { ClientPeer } from '../../bench/load/client-peer.ts';
import { playOffer, publishOffer, type SentSsrcs } from '../../bench/load/offer.ts';
import type { EgressPlan } from '../../src/media/plan.ts';
import { RtpHeader } from '../../src/media/rtp-header.ts';
import { allocateMemory } from '../../src/native/memory.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay } from '../../src/sdp/play-answer.ts';
import { answerPublish, type LocalSide } from '../../src/sdp/publish-answer.ts';
import type { OpenPublisher, OpenViewer } from '../../src/streams/ports.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext } from '../../src/transport/dtls.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { type RtcpItem, readRtcp } from '../../src/transport/rtcp.ts';
import { SrtpReceiver, SrtpSender } from '../../src/transport/srtp-session.ts';
import { createCipherScratch } from '../../src/transport/srtp-transform.ts';
import { type ClientWire, tcpWire, udpWire } from './client-wire.ts';
import { LossyLink } from './lossy-link.ts';
import { until } from './until.ts';

const H264 = { name: 'h264', clockRate: 90_000, fmtp: 'packetization-mode=1;profile-level-id=4d401f' } as const;
const OPUS = { name: 'opus', clockRate: 48_000, fmtp: '' } as const;
export const SSRCS: SentSsrcs = { audio: 1111, video: 2222 };

const openers = { udp: udpWire, tcp: tcpWire } as const;

export interface ReceivedPacket {
  readonly ssrc: number;
  readonly seq: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payloadType: number;
  /** 12 bytes, and what sources and extensions add. */
  readonly headerBytes: number;
  readonly payload: Buffer;
}

/** A media engine, or the threads behind one port. */
export interface ServerSide {
  readonly port: number;
  readonly thread?: number;
  openPublisher(request: OpenPublisher): void | Promise<void>;
  openViewer(request: OpenViewer): void | Promise<void>;
}

export interface ClientOptions {
  readonly engine: ServerSide;
  readonly fingerprint: string;
  readonly sessionId: string;
  readonly streamId: string;
  /** The client's own; OpenSSL's names. */
  readonly srtpProfiles?: string;
  readonly link?: LossyLink;
  /** UDP unless said otherwise. */
  readonly transport?: keyof typeof openers;
  /** The engine gets this in place of what was agreed on. */
  readonly spoil?: (plan: EgressPlan) => EgressPlan;
}

/** A WebRTC client over a real socket, with everything it received. */
export class RtcClient {
  readonly received: ReceivedPacket[] = [];
  readonly reports: RtcpItem[] = [];
  refused = 0;
  readonly #serverPort: number;
  readonly #peer: ClientPeer;
  readonly #fingerprint: string;
  readonly #link: LossyLink;
  readonly #memory = allocateMemory(4096);
  readonly #scratch = createCipherScratch();
  readonly #header = new RtpHeader();
  #wire: ClientWire;
  #hasLeft = false;
  #receiver: SrtpReceiver | undefined;
  #sender: SrtpSender | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(wire: ClientWire, options: ClientOptions) {
    const certificate = createCertificate();
    this.#wire = wire;
    this.#serverPort = options.engine.port;
    this.#fingerprint = certificate.fingerprint;
    this.#peer = new ClientPeer(new DtlsContext(certificate, options.srtpProfiles));
    this.#link = options.link ?? new LossyLink({ seed: 1 });
  }

  static async publish(options: ClientOptions): Promise<RtcClient> {
    const client = await RtcClient.#open(options);
    const offer = parseOffer(publishOffer(client.#offerOptions(), SSRCS));
    const { plan, answer } = answerPublish(offer, localSide(options));
    await options.engine.openPublisher({ ...placeOf(options), plan });
    return client.#start(answer);
  }

  static async play(options: ClientOptions): Promise<RtcClient> {
    const client = await RtcClient.#open(options);
    const offer = parseOffer(playOffer(client.#offerOptions()));
    const source = [
      { kind: 'audio', codec: OPUS },
      { kind: 'video', codec: H264 },
    ] as const;
    let ssrc = 5000;
    const { plan, answer } = answerPlay(offer, localSide(options), source, () => ++ssrc);
    const { engine, spoil = (whole: EgressPlan) => whole } = options;
    await engine.openViewer({ ...placeOf(options), plan: spoil(plan) });
    return client.#start(answer);
  }

  get isConnected(): boolean {
    return this.#sender !== undefined;
  }

  get ownPort(): number {
    return this.#wire.port;
  }

  get isClosed(): boolean {
    return this.#peer.isClosed;
  }

  /** Checks answered after the first. */
  get consents(): number {
    return this.#peer.consents;
  }

  get profile(): string | undefined {
    return this.#peer.keys?.profile.name;
  }

  connected(): Promise<unknown> {
    return until('the client is connected', () => this.isConnected);
  }

  sendRtp(
    packet: { ssrc: number; payloadType: number; extSeq: number; timestamp: number; marker?: boolean },
    payload: Uint8Array,
  ): void {
    const { ssrc, extSeq, timestamp, marker = false, payloadType } = packet;
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, (0x80 << 24) | ((marker ? 0x80 : 0) << 16) | (payloadType << 16) | (extSeq & 0xffff));
    view.setUint32(4, timestamp);
    view.setUint32(8, ssrc);
    this.sendPacket({ bytes, ssrc, extSeq }, payload);
  }

  /** With a header of the caller's own bytes. */
  sendPacket(header: { bytes: Uint8Array; ssrc: number; extSeq: number }, payload: Uint8Array): void {
    const sender = this.#sender;
    if (!sender) throw new Error('not connected');
    const { address, bytes } = this.#memory;
    const { length } = header.bytes;
    bytes.set(header.bytes);
    bytes.set(payload, 2048);
    sender.rtp.sealRtp(address, length, address + 2048, payload.length, header.ssrc, header.extSeq);
    this.#send([bytes.slice(0, length + payload.length + sender.rtp.rtpOverhead)]);
  }

  sendRtcp(parts: readonly Uint8Array[]): void {
    const compound = Buffer.concat(parts);
    this.#memory.bytes.set(compound);
    const length = this.#sender?.sealRtcp(this.#memory, 0, compound.length) ?? 0;
    this.#send([this.#memory.bytes.slice(0, length)]);
  }

  get wire(): ClientWire {
    return this.#wire;
  }

  /** Goes on over another socket, which it nominates at once. The one before stays open, and heard. */
  async moveTo(transport: keyof typeof openers): Promise<ClientWire> {
    const before = this.#wire;
    this.#wire = await openers[transport](this.#serverPort, (packet) => this.#arrived(packet));
    this.#peer.checkSoon();
    return before;
  }

  /** As a browser leaves: with a close_notify. */
  async close(): Promise<void> {
    const [goodbye] = this.#peer.close();
    if (goodbye) await new Promise<void>((resolve) => this.#wire.send(goodbye, resolve));
    this.vanish();
  }

  /** As a killed process leaves. */
  vanish(): void {
    clearInterval(this.#timer);
    this.#hasLeft = true;
    this.#wire.close();
  }

  static async #open(options: ClientOptions): Promise<RtcClient> {
    const { engine, transport = 'udp' } = options;
    const wire = await openers[transport](engine.port, (packet) => client.#arrived(packet));
    const client = new RtcClient(wire, options);
    return client;
  }

  #arrived(packet: Buffer): void {
    this.#link.carry(() => !this.#hasLeft && this.#receive(packet));
  }

  #offerOptions() {
    const candidate = { address: '127.0.0.1', port: this.#wire.port };
    return { ice: this.#peer.ice, fingerprint: this.#fingerprint, candidate };
  }

  #start(sdp: string): this {
    const answer = readAnswer(sdp);
    this.#peer.accept(answer);
    this.#timer = setInterval(() => this.#send(this.#peer.poll(performance.now())), 10);
    return this;
  }

  #send(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) {
      this.#link.carry(() => !this.#hasLeft && this.#wire.send(datagram));
    }
  }

  #receive(datagram: Buffer): void {
    const first = datagram[0] ?? 0;
    const nowMs = performance.now();
    if (first < 4) {
      this.#send(this.#peer.receiveStun(datagram, () => endpointFromText('127.0.0.1', this.#serverPort), nowMs));
    } else if (first < 64) {
      this.#send(this.#peer.receiveDtls(datagram, nowMs));
      const { keys } = this.#peer;
      if (!keys || this.#sender) return;
      this.#receiver = new SrtpReceiver(keys, this.#scratch);
      this.#sender = new SrtpSender(keys, this.#scratch);
    } else {
      this.#receiveMedia(datagram);
    }
  }

  #receiveMedia(datagram: Buffer): void {
    const { bytes } = this.#memory;
    bytes.set(datagram);
    const second = datagram[1] ?? 0;
    if (second >= 192 && second <= 223) {
      const length = this.#receiver?.openRtcp(this.#memory, 0, datagram.length) ?? -1;
      if (length < 0) this.refused += 1;
      else this.reports.push(...readRtcp(bytes.slice(0, length)));
      return;
    }
    const header = this.#header;
    const isWhole = header.read(bytes, 0, datagram.length);
    const length = isWhole ? (this.#receiver?.openRtp(this.#memory, 0, datagram.length, header) ?? -1) : -1;
    if (length < 0) {
      this.refused += 1;
      return;
    }
    const padding = header.hasPadding ? (bytes[length - 1] ?? 0) : 0;
    const { ssrc, seq, timestamp, marker, payloadType } = header;
    const payload = Buffer.from(bytes.slice(header.headerLength, length - padding));
    this.received.push({ ssrc, seq, timestamp, marker, payloadType, headerBytes: header.headerLength, payload });
  }
}

function placeOf({ engine, sessionId, streamId }: ClientOptions) {
  return { sessionId, streamId, thread: engine.thread ?? 0 };
}

let clientsMade = 0;

/** Each client has a name of its own: media threads tell peers apart by it. */
function localSide({ engine, fingerprint }: ClientOptions): LocalSide {
  clientsMade += 1;
  const id = String(clientsMade).padStart(12, 'x');
  return {
    ice: { ufrag: id, pwd: 'p'.repeat(24) },
    fingerprint,
    candidates: [{ address: '127.0.0.1', port: engine.port }],
    sessionId: '1',
  };
}
