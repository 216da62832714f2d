import { describe, expect, it } from 'vitest';
import { type DataChunk, readData } from '../../src/sctp/chunks.ts';
import { Inbound } from '../../src/sctp/inbound.ts';
import { Outbound } from '../../src/sctp/outbound.ts';
import { readPacket, writePacket } from '../../src/sctp/packet.ts';
import { isAfter, next } from '../../src/sctp/serial.ts';
import { seededRandom } from '../support/lossy-link.ts';

const STARTS = [0, 127, 32_767, 65_535, 2 ** 31 - 2, 2 ** 32 - 3];
const STEP_MS = 10;

interface Link {
  readonly seed: number;
  readonly loss: number;
  readonly jitterMs: number;
}

/** One half sends to the other over a link that loses and reorders, in simulated time. */
class Transfer {
  readonly received: string[] = [];
  readonly outbound: Outbound;
  readonly inbound: Inbound;
  nowMs = 0;
  readonly #random: () => number;
  readonly #link: Link;
  #underWay: { readonly atMs: number; readonly arrive: () => void }[] = [];

  constructor(firstTsn: number, link: Link) {
    this.#link = link;
    this.#random = seededRandom(link.seed);
    this.outbound = new Outbound({ firstTsn, peerWindow: 32_768 });
    this.inbound = new Inbound({ firstTsn, maxMessageSize: 4096 });
  }

  say(text: string): void {
    this.outbound.push({ streamId: 1, protocol: 51, bytes: Buffer.from(text) });
  }

  run(until: () => boolean, maxMs: number): void {
    while (!until() && this.nowMs < maxMs) {
      this.nowMs += STEP_MS;
      for (const chunk of this.outbound.due(this.nowMs)) this.#send(() => this.#arrive(chunk));
      const here = this.#underWay.filter(({ atMs }) => atMs <= this.nowMs);
      this.#underWay = this.#underWay.filter(({ atMs }) => atMs > this.nowMs);
      for (const { arrive } of here) arrive();
    }
  }

  #arrive(bytes: Uint8Array): void {
    for (const { bytes: text } of this.inbound.receive(dataIn(bytes))) this.received.push(Buffer.from(text).toString());
    const sack = this.inbound.sack();
    this.#send(() => this.outbound.acknowledge(sack, this.nowMs));
  }

  #send(arrive: () => void): void {
    if (this.#random() < this.#link.loss) return;
    this.#underWay.push({ atMs: this.nowMs + 20 + this.#random() * this.#link.jitterMs, arrive });
  }
}

function dataIn(chunk: Uint8Array): DataChunk {
  const packet = readPacket(writePacket({ sourcePort: 1, destinationPort: 1, tag: 1 }, [chunk]));
  const [first] = packet?.chunks ?? [];
  const data = first && readData(first);
  if (!data) throw new Error('this is no data');
  return data;
}

function texts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${index} ${'x'.repeat((index * 131) % 3900)}`);
}

describe.each(STARTS)('messages numbered from %d on', (firstTsn) => {
  it.each([0, 0.1, 0.3])('come whole, once and in order where %s of all packets is lost', (loss) => {
    const transfer = new Transfer(firstTsn, { seed: 1 + firstTsn, loss, jitterMs: 60 });
    const said = texts(40);
    for (const text of said) transfer.say(text);
    transfer.run(() => transfer.outbound.pendingBytes === 0, 240_000);
    expect(transfer.received).toEqual(said);
  });
});

describe('the sending half', () => {
  it('mends a single loss by what came after it, without waiting for its timer', () => {
    const outbound = new Outbound({ firstTsn: 1, peerWindow: 32_768 });
    const inbound = new Inbound({ firstTsn: 1, maxMessageSize: 4096 });
    for (let number = 0; number < 5; number += 1) {
      outbound.push({ streamId: 0, protocol: 51, bytes: Buffer.from('text') });
    }
    const [lost, ...others] = outbound.due(0);
    for (const chunk of others) {
      inbound.receive(dataIn(chunk));
      outbound.acknowledge(inbound.sack(), 40);
    }
    expect(outbound.due(41)).toEqual([lost]);
    expect(outbound.due(42)).toEqual([]);
  });

  it('gives a peer up that acknowledges nothing, after ever longer waits', () => {
    const outbound = new Outbound({ firstTsn: 1, peerWindow: 32_768 });
    outbound.push({ streamId: 0, protocol: 51, bytes: Buffer.from('text') });
    const sentMs: number[] = [];
    for (let nowMs = 0; nowMs < 120_000 && !outbound.isDead; nowMs += 50) {
      if (outbound.due(nowMs).length > 0) sentMs.push(nowMs);
    }
    expect(sentMs.slice(0, 5)).toEqual([0, 500, 1500, 3500, 5500]);
    expect(sentMs.at(-1)).toBe(29_500);
    expect(outbound.isDead).toBe(true);
  });

  it('sends one chunk at a time into a window that is closed, and all of it once it opens', () => {
    const outbound = new Outbound({ firstTsn: 1, peerWindow: 0 });
    for (let number = 0; number < 4; number += 1) {
      outbound.push({ streamId: 0, protocol: 51, bytes: Buffer.from('text') });
    }
    expect(outbound.due(0)).toHaveLength(1);
    expect(outbound.due(10)).toHaveLength(0);
    outbound.acknowledge({ cumulativeTsn: 1, window: 5000, gaps: [] }, 20);
    expect(outbound.due(20)).toHaveLength(3);
  });

  it('believes no acknowledgement of what it never sent', () => {
    const outbound = new Outbound({ firstTsn: 1, peerWindow: 5000 });
    outbound.push({ streamId: 0, protocol: 51, bytes: Buffer.from('text') });
    outbound.due(0);
    const before = outbound.pendingBytes;
    outbound.acknowledge({ cumulativeTsn: 40, window: 5000, gaps: [] }, 10);
    outbound.acknowledge({ cumulativeTsn: 2 ** 32 - 9, window: 5000, gaps: [] }, 10);
    expect(outbound.pendingBytes).toBe(before);
  });
});

describe.each(STARTS)('the receiving half from number %d on', (firstTsn) => {
  const chunk = (tsn: number, text: string): DataChunk => ({
    tsn,
    streamId: 0,
    protocol: 51,
    isFirst: true,
    isLast: true,
    bytes: Buffer.from(text),
  });

  it('holds what came too early, says so, and takes nothing twice', () => {
    const inbound = new Inbound({ firstTsn, maxMessageSize: 4096 });
    const [a, b, c, d] = [firstTsn, next(firstTsn), next(next(firstTsn)), next(next(next(firstTsn)))] as const;
    expect(inbound.receive(chunk(b, 'b'))).toEqual([]);
    expect(inbound.receive(chunk(d, 'd'))).toEqual([]);
    expect(inbound.sack().gaps).toEqual([
      { start: 2, end: 2 },
      { start: 4, end: 4 },
    ]);
    const come = inbound.receive(chunk(a, 'a')).map(({ bytes }) => String(bytes));
    expect(come).toEqual(['a', 'b']);
    expect(inbound.receive(chunk(b, 'b'))).toEqual([]);
    expect(inbound.receive(chunk(c, 'c'))).toHaveLength(2);
    expect(inbound.cumulativeTsn).toBe(d);
    expect(inbound.sack().gaps).toEqual([]);
    expect(isAfter(d, a)).toBe(true);
  });

  it('holds no more than its window', () => {
    const inbound = new Inbound({ firstTsn, maxMessageSize: 4096 });
    for (let step = 1; step < 500; step += 1) inbound.receive(chunk((firstTsn + step) >>> 0, 'x'.repeat(1000)));
    const { window, gaps } = inbound.sack();
    expect(window).toBeLessThan(1000);
    expect(gaps).toEqual([{ start: 2, end: 33 }]);
  });
});
