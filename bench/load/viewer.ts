import { randomInt } from 'node:crypto';
import { endWithoutPadding, RtpHeader } from '../../src/media/rtp-header.ts';
import { allocateMemory } from '../../src/native/memory.ts';
import type { DtlsContext } from '../../src/transport/dtls.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { compound, writeReceiverReport, writeSdes } from '../../src/transport/rtcp-write.ts';
import { SrtpReceiver, SrtpSender } from '../../src/transport/srtp-session.ts';
import type { CipherScratch } from '../../src/transport/srtp-transform.ts';
import { readStamp } from '../publish/stamp.ts';
import type { Answer } from './answer.ts';
import { ArrivalFeedback } from './arrival-feedback.ts';
import { ClientPeer } from './client-peer.ts';
import { ClientSocket } from './client-socket.ts';
import { EXTENSION_IDS } from './offer.ts';
import type { ReceiveArray } from './receive-array.ts';
import { SequenceCounter } from './sequence-counter.ts';

/** What the viewers of one process share: they take turns on one thread. */
export interface ViewerShared {
  readonly dtls: DtlsContext;
  readonly scratch: CipherScratch;
  /** Microseconds from the publisher's stamp to the viewer's socket, of sampled viewers. */
  readonly onDelay: (delayUs: number) => void;
}

const header = new RtpHeader();
const rtcp = allocateMemory(2048);

/** One WHEP viewer: its own socket, keys and counters. */
export class Viewer {
  readonly socket = new ClientSocket();
  readonly peer: ClientPeer;
  /** Opens and checks every packet; others only the first, and count the rest. */
  readonly isSampled: boolean;
  session = '';
  /** Called while connecting. */
  onProgress: () => void = () => {};
  connectedMs = 0;
  opened = 0;
  #hasOpened = false;
  /** Packets that were not authentic. */
  refused = 0;
  bytes = 0;
  rtcpPackets = 0;
  readonly #shared: ViewerShared;
  readonly #ssrc = randomInt(1, 2 ** 32 - 1);
  readonly #counters = new Map<number, SequenceCounter>();
  readonly #feedback: ArrivalFeedback | undefined;
  #main: ReadonlyMap<number, unknown> = new Map();
  #candidate = { address: '0.0.0.0', port: 0 };
  #receiver: SrtpReceiver | undefined;
  #sender: SrtpSender | undefined;

  /** `hasFeedback`: tells the server when each packet came. */
  constructor(shared: ViewerShared, { isSampled, hasFeedback }: { isSampled: boolean; hasFeedback: boolean }) {
    this.#shared = shared;
    this.isSampled = isSampled;
    this.peer = new ClientPeer(shared.dtls);
    if (hasFeedback) this.#feedback = new ArrivalFeedback(this.#ssrc);
    if (isSampled || hasFeedback) this.socket.stampArrivals();
  }

  get isConnected(): boolean {
    return this.#receiver !== undefined;
  }

  /** Whether whole datagrams are wanted, not only their beginnings. */
  get wantsBytes(): boolean {
    return this.isSampled || !this.#hasOpened;
  }

  get counters(): Iterable<SequenceCounter> {
    return this.#counters.values();
  }

  accept(answer: Answer): void {
    this.#main = answer.ssrcs;
    this.#candidate = answer.candidate;
    this.socket.sendTo(answer.candidate.address, answer.candidate.port);
    this.peer.accept(answer);
  }

  /** What lies in one slot: a datagram, or several that were sent as one (GRO). */
  receive(array: ReceiveArray, slot: number, nowMs: number): void {
    const start = array.startOf(slot);
    const length = array.lengthOf(slot);
    const segment = array.segmentOf(slot) || length;
    const arrivedUs = this.isSampled || this.#feedback ? array.arrivedUs(slot) : 0;
    for (let at = 0; at < length; at += segment) {
      const size = Math.min(segment, length - at);
      const kept = Math.max(0, Math.min(size, array.slotBytes - at));
      this.bytes += size;
      this.#receiveOne(array, start + at, start + at + kept, kept === size, arrivedUs, nowMs);
    }
  }

  /** Checks, repeated flights and consent that are due. */
  poll(nowMs: number): void {
    this.socket.send(this.peer.poll(nowMs));
  }

  /** As a browser reports once a second. */
  report(): void {
    if (!this.#sender) return;
    const reports = [...this.#counters].map(([ssrc, counter]) => ({
      ssrc,
      fractionLost: 0,
      cumulativeLost: Math.min(counter.lost, 0x7f_ffff),
      highestSeq: Math.max(counter.highest, 0),
      jitter: 0,
      lastSr: 0,
      delaySinceLastSr: 0,
    }));
    this.#sendRtcp(compound([writeReceiverReport(this.#ssrc, reports), writeSdes(this.#ssrc, 'bench')]));
  }

  /** As a browser does fifteen times a second. */
  tellArrivals(): void {
    const packet = this.#feedback?.take(this.#counters.keys().next().value ?? 0);
    if (packet) this.#sendRtcp(packet);
  }

  /** Counts from here on. */
  reset(): void {
    this.bytes = 0;
    this.rtcpPackets = 0;
    this.refused = 0;
    this.opened = 0;
    for (const counter of this.#counters.values()) counter.reset();
  }

  close(): void {
    this.socket.send(this.peer.close());
    this.#receiver?.close();
    this.#sender?.close();
    this.#receiver = undefined;
    this.#sender = undefined;
    this.socket.close();
  }

  #receiveOne(
    array: ReceiveArray,
    start: number,
    end: number,
    isWhole: boolean,
    arrivedUs: number,
    nowMs: number,
  ): void {
    const { bytes } = array.memory;
    const first = bytes[start] ?? 0;
    if (first >= 128 && first < 192) this.#receiveMedia(array, start, end, isWhole, arrivedUs);
    else if (first >= 20 && first < 64) this.#receiveDtls(bytes.slice(start, end), nowMs);
    else if (first < 4) {
      const from = () => endpointFromText(this.#candidate.address, this.#candidate.port);
      this.socket.send(this.peer.receiveStun(bytes.slice(start, end), from, nowMs));
    }
  }

  #receiveDtls(datagram: Uint8Array, nowMs: number): void {
    this.socket.send(this.peer.receiveDtls(datagram, nowMs));
    const { keys } = this.peer;
    if (!keys || this.#receiver) return;
    this.#receiver = new SrtpReceiver(keys, this.#shared.scratch);
    this.#sender = new SrtpSender(keys, this.#shared.scratch);
    this.connectedMs = nowMs;
  }

  #receiveMedia(array: ReceiveArray, start: number, end: number, isWhole: boolean, arrivedUs: number): void {
    const { bytes } = array.memory;
    const second = bytes[start + 1] ?? 0;
    if (second >= 192 && second < 224) {
      this.rtcpPackets += 1;
      return;
    }
    if (!header.read(bytes, start, end)) return;
    this.#counterOf(header.ssrc).push(header.seq);
    if (this.#feedback) this.#noteArrival(this.#feedback, arrivedUs);
    if (isWhole && this.wantsBytes && this.#receiver) this.#open(array, start, end, arrivedUs);
  }

  #noteArrival(feedback: ArrivalFeedback, arrivedUs: number): void {
    const value = header.extension(EXTENSION_IDS.transportCc);
    if (value) feedback.received(((value[0] ?? 0) << 8) | (value[1] ?? 0), arrivedUs);
  }

  #sendRtcp(packet: Uint8Array): void {
    if (!this.#sender) return;
    rtcp.bytes.set(packet);
    const length = this.#sender.sealRtcp(rtcp, 0, packet.length);
    this.socket.send([rtcp.bytes.subarray(0, length)]);
  }

  #open(array: ReceiveArray, start: number, end: number, arrivedUs: number): void {
    const length = this.#receiver?.openRtp(array.memory, start, end, header) ?? -1;
    if (length < 0) {
      this.refused += 1;
      return;
    }
    this.opened += 1;
    this.#hasOpened = true;
    if (!this.#isMain(header.ssrc)) return;
    const { bytes } = array.memory;
    const payload = start + header.headerLength;
    const payloadEnd = header.hasPadding ? endWithoutPadding(bytes, payload, start + length) : start + length;
    const stampUs = readStamp(bytes, payload, payloadEnd);
    if (arrivedUs > 0 && stampUs > 0) this.#shared.onDelay(arrivedUs - stampUs);
  }

  /** Not a retransmission's. */
  #isMain(ssrc: number): boolean {
    return this.#main.size === 0 || this.#main.has(ssrc);
  }

  #counterOf(ssrc: number): SequenceCounter {
    const known = this.#counters.get(ssrc);
    if (known) return known;
    const counter = new SequenceCounter();
    this.#counters.set(ssrc, counter);
    return counter;
  }
}
