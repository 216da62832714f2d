import { type Gap, type Sack, writeData } from './chunks.ts';
import { CongestionWindow } from './congestion-window.ts';
import type { Message } from './inbound.ts';
import { MAX_PACKET, PACKET_HEADER } from './packet.ts';
import { RetransmissionTimeout } from './retransmission-timeout.ts';
import { distance, isAfter, next, previous } from './serial.ts';

const DATA_OVERHEAD = 16;
const MAX_PART = MAX_PACKET - PACKET_HEADER - DATA_OVERHEAD;
/** How often the timer may run out with nothing acknowledged in between: for half a minute, as consent to send may lapse. */
const MAX_EXPIRIES = 15;
/** RFC 9260 section 7.2.4: three SACKs that name later ones tell a loss. */
const MISSES = 3;

interface Part {
  readonly tsn: number;
  readonly chunk: Uint8Array;
  sentMs: number;
  sendings: number;
  misses: number;
  isReceived: boolean;
  isLost: boolean;
}

/** The sending half: messages in, chunks out when it is their time, and again until the peer has them. */
export class Outbound {
  readonly #window = new CongestionWindow();
  readonly #timeout = new RetransmissionTimeout();
  readonly #sequences = new Map<number, number>();
  readonly #waiting: Part[] = [];
  readonly #sent: Part[] = [];
  #newestTsn: number;
  #acknowledgedTsn: number;
  #peerWindow: number;
  #expiresMs = Number.POSITIVE_INFINITY;
  #expiries = 0;

  constructor({ firstTsn, peerWindow }: { firstTsn: number; peerWindow: number }) {
    this.#newestTsn = previous(firstTsn);
    this.#acknowledgedTsn = this.#newestTsn;
    this.#peerWindow = peerWindow;
  }

  /** The last number given to anything. */
  get newestTsn(): number {
    return this.#newestTsn;
  }

  get timeoutMs(): number {
    return this.#timeout.ms;
  }

  /** Of what the peer does not have yet, as far as we know. */
  get pendingBytes(): number {
    return sizeOf(this.#waiting) + sizeOf(this.#sent);
  }

  /** The peer acknowledges nothing any more. */
  get isDead(): boolean {
    return this.#expiries > MAX_EXPIRIES;
  }

  push({ streamId, protocol, bytes }: Message): void {
    const sequence = this.#sequences.get(streamId) ?? 0;
    this.#sequences.set(streamId, (sequence + 1) & 0xffff);
    for (let at = 0; at < bytes.length; at += MAX_PART) {
      this.#newestTsn = next(this.#newestTsn);
      const data = {
        tsn: this.#newestTsn,
        streamId,
        protocol,
        isFirst: at === 0,
        isLast: at + MAX_PART >= bytes.length,
        bytes: bytes.subarray(at, at + MAX_PART),
      };
      const chunk = writeData(data, sequence);
      this.#waiting.push({ tsn: data.tsn, chunk, sentMs: 0, sendings: 0, misses: 0, isReceived: false, isLost: false });
    }
  }

  /** The stream begins anew (RFC 6525). */
  restart(streamId: number): void {
    this.#sequences.delete(streamId);
  }

  acknowledge({ cumulativeTsn, window, gaps }: Sack, nowMs: number): void {
    if (isAfter(this.#acknowledgedTsn, cumulativeTsn) || isAfter(cumulativeTsn, this.#newestSentTsn())) return;
    const inFlight = this.#inFlight();
    const received = this.#takeReceived(cumulativeTsn);
    const noted = this.#noteGaps(gaps, cumulativeTsn);
    const newly = [...received.filter((part) => !part.isReceived), ...noted];
    this.#acknowledgedTsn = cumulativeTsn;
    this.#peerWindow = window;
    const once = newly.find(({ sendings }) => sendings === 1);
    if (once) this.#timeout.measured(nowMs - once.sentMs);
    this.#window.acknowledged(sizeOf(newly), inFlight >= this.#window.bytes, cumulativeTsn);
    // A closed window is an answer too.
    if (newly.length > 0 || window === 0) this.#expiries = 0;
    if (newly.length > 0) this.#timeout.progressed();
    if (received.length > 0 || this.#sent.length === 0) this.#startTimer(nowMs);
  }

  /** What is to be sent now, in this order. */
  due(nowMs: number): readonly Uint8Array[] {
    if (nowMs >= this.#expiresMs) this.#expire(nowMs);
    const due: Part[] = [];
    let inFlight = this.#inFlight();
    const mayGo = (part: Part) =>
      inFlight === 0 || inFlight + part.chunk.length <= Math.min(this.#window.bytes, this.#peerWindow);
    for (const part of this.#sent) {
      if (!part.isLost) continue;
      if (!mayGo(part)) break;
      inFlight += part.chunk.length;
      due.push(part);
    }
    while (this.#waiting[0] && mayGo(this.#waiting[0])) {
      const part = this.#waiting.shift();
      if (!part) break;
      inFlight += part.chunk.length;
      this.#sent.push(part);
      due.push(part);
    }
    for (const part of due) {
      part.sentMs = nowMs;
      part.sendings += 1;
      part.isLost = false;
      part.misses = 0;
    }
    if (due.length > 0 && this.#expiresMs === Number.POSITIVE_INFINITY) this.#startTimer(nowMs);
    return due.map(({ chunk }) => chunk);
  }

  #newestSentTsn(): number {
    return this.#sent.at(-1)?.tsn ?? this.#acknowledgedTsn;
  }

  #inFlight(): number {
    return sizeOf(this.#sent.filter(({ isReceived, isLost }) => !isReceived && !isLost));
  }

  #takeReceived(cumulativeTsn: number): readonly Part[] {
    const firstLeft = this.#sent.findIndex(({ tsn }) => isAfter(tsn, cumulativeTsn));
    const count = firstLeft < 0 ? this.#sent.length : firstLeft;
    return this.#sent.splice(0, count);
  }

  /** A peer may forget what it had noted out of order, so each SACK is taken as it stands. Returns what is new. */
  #noteGaps(gaps: readonly Gap[], cumulativeTsn: number): readonly Part[] {
    const newly: Part[] = [];
    let highest: number | undefined;
    for (const part of this.#sent) {
      const step = distance(cumulativeTsn, part.tsn);
      const isReceived = gaps.some(({ start, end }) => step >= start && step <= end);
      if (isReceived && !part.isReceived) {
        newly.push(part);
        highest = part.tsn;
      }
      part.isReceived = isReceived;
    }
    if (highest !== undefined) this.#noteMisses(highest);
    return newly;
  }

  #noteMisses(highest: number): void {
    for (const part of this.#sent) {
      if (part.isReceived || part.isLost || !isAfter(highest, part.tsn)) continue;
      part.misses += 1;
      if (part.misses < MISSES) continue;
      part.isLost = true;
      this.#window.lost(this.#newestSentTsn());
    }
  }

  #expire(nowMs: number): void {
    this.#expiries += 1;
    this.#timeout.expired();
    this.#window.expired();
    for (const part of this.#sent) part.isLost = !part.isReceived;
    this.#startTimer(nowMs);
  }

  #startTimer(nowMs: number): void {
    this.#expiresMs = this.#sent.length === 0 ? Number.POSITIVE_INFINITY : nowMs + this.#timeout.ms;
  }
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((bytes, { chunk }) => bytes + chunk.length, 0);
}
