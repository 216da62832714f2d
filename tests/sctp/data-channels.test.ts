import { beforeEach, describe, expect, it } from 'vitest';
import { CHUNK } from '../../src/sctp/chunks.ts';
import { DataChannels } from '../../src/sctp/data-channels.ts';
import { words, writeParameter } from '../../src/sctp/packet.ts';
import { dataOf, dcepOpen, SctpClient, sackOf, typesOf } from './sctp-client.ts';

const DCEP = 50;
const TEXT = 51;
const BINARY = 53;

let nowMs: number;
let channels: DataChannels;
let client: SctpClient;

beforeEach(() => {
  nowMs = 0;
  let number = 500;
  const random = () => ++number;
  channels = new DataChannels({ port: 5000, maxMessageSize: 4096, label: 'chat', peerMaxMessageSize: 2000, random });
  client = new SctpClient();
});

/** What came of this packet, and what is sent for it. */
function exchange(packet: Uint8Array): { texts: readonly string[]; sent: readonly Uint8Array[] } {
  nowMs += 10;
  const texts = channels.receive(packet, nowMs);
  return { texts, sent: channels.takePackets(nowMs) };
}

function connect(): void {
  const [initAck] = exchange(client.init()).sent;
  expect(typesOf(exchange(client.cookieEcho(initAck)).sent)).toEqual([CHUNK.cookieAck]);
}

function open(label = 'chat', streamId = 0): readonly Uint8Array[] {
  return exchange(client.data(dcepOpen(label), { streamId, protocol: DCEP })).sent;
}

function say(text: string, options: { protocol?: number; streamId?: number } = {}): readonly string[] {
  return exchange(client.data(Buffer.from(text), { protocol: TEXT, ...options })).texts;
}

describe('an association', () => {
  it('is made by INIT and its cookie, however often these are repeated', () => {
    const [first] = exchange(client.init()).sent;
    const [second] = exchange(client.init()).sent;
    expect(second).toEqual(first);
    connect();
    expect(typesOf(exchange(client.echoAgain()).sent)).toEqual([CHUNK.cookieAck]);
    open();
    expect(channels.isOpen).toBe(true);
  });

  it('is not made without the cookie, and not begun anew once it is there', () => {
    exchange(client.init());
    expect(exchange(client.chunk(CHUNK.cookieEcho, 0, Buffer.alloc(8))).sent).toEqual([]);
    connect();
    open();
    expect(exchange(client.init({ tag: 99 })).sent).toEqual([]);
    expect(say('still here')).toEqual(['still here']);
  });

  it('takes nothing from a packet that is damaged, of another tag or cut short', () => {
    connect();
    open();
    const damaged = client.data(Buffer.from('no'));
    damaged[damaged.length - 1] = 1;
    expect(exchange(damaged)).toEqual({ texts: [], sent: [] });
    const strange = client.chunk(CHUNK.heartbeat, 0, words(1), client.tag + 1);
    expect(exchange(strange).sent).toEqual([]);
    expect(exchange(client.chunk(CHUNK.heartbeat).subarray(0, 14)).sent).toEqual([]);
  });

  it('answers heartbeats with what they say', () => {
    connect();
    expect(typesOf(exchange(client.chunk(CHUNK.heartbeat, 0, words(7))).sent)).toEqual([CHUNK.heartbeatAck]);
  });

  it('skips unknown chunks that may be skipped, and stops at those that may not', () => {
    connect();
    expect(typesOf(exchange(client.chunk(200)).sent)).toEqual([]);
    expect(typesOf(exchange(client.chunk(60)).sent)).toEqual([]);
  });

  it.each([
    ['ABORT', CHUNK.abort, []],
    ['SHUTDOWN', CHUNK.shutdown, [CHUNK.shutdownAck]],
  ])('is over by %s', (_, type, answer) => {
    connect();
    open();
    expect(typesOf(exchange(client.chunk(type)).sent)).toEqual(answer);
    expect([channels.isOpen, channels.isOver]).toEqual([false, true]);
    expect(exchange(client.init()).sent).toEqual([]);
  });

  it('is over by an ABORT that knows no tag but its own', () => {
    connect();
    exchange(client.chunk(CHUNK.abort, 1, new Uint8Array(), 77));
    expect(channels.isOver).toBe(true);
  });

  it('is ended by a message longer than we said we take', () => {
    connect();
    open();
    for (let part = 0; part < 4; part += 1) {
      exchange(client.data(Buffer.alloc(1100), { isFirst: part === 0, isLast: false }));
    }
    expect(channels.isOver).toBe(true);
    expect(typesOf(channels.takePackets(nowMs))).toEqual([]);
  });

  it('is ended by parts that belong to nothing', () => {
    connect();
    const { sent } = exchange(client.data(Buffer.from('end'), { isFirst: false }));
    expect(channels.isOver).toBe(true);
    expect(typesOf([...sent, ...channels.takePackets(nowMs)])).toEqual([CHUNK.abort]);
  });
});

describe('data channels', () => {
  it('of the right label are opened, and carry texts both ways', () => {
    connect();
    expect(dataOf(open())).toMatchObject([{ streamId: 0, protocol: DCEP, bytes: Uint8Array.of(2) }]);
    expect(say('hello')).toEqual(['hello']);
    expect(channels.send('welcome')).toBe(true);
    expect(dataOf(channels.takePackets(nowMs))).toMatchObject([
      { protocol: TEXT, bytes: Uint8Array.from(Buffer.from('welcome')) },
    ]);
  });

  it('of another label are acknowledged, then ended, once the peer has the word', () => {
    connect();
    const [acknowledged] = dataOf(open('files', 2));
    expect(acknowledged?.streamId).toBe(2);
    expect(typesOf(exchange(client.sack(acknowledged?.tsn ?? 0)).sent)).toEqual([CHUNK.reconfig]);
    expect(channels.isOpen).toBe(false);
  });

  it('ask for their end again until it is answered', () => {
    connect();
    const [acknowledged] = dataOf(open('files', 2));
    const tsn = acknowledged?.tsn ?? 0;
    exchange(client.sack(tsn));
    nowMs += 3000;
    expect(typesOf(channels.takePackets(nowMs))).toEqual([CHUNK.reconfig]);
    // Our first request has the number of our first TSN.
    exchange(client.chunk(CHUNK.reconfig, 0, writeParameter(16, words(tsn, 1))));
    nowMs += 3000;
    expect(channels.takePackets(nowMs)).toEqual([]);
  });

  it('end when the peer resets them, however often it says so', () => {
    const firstTsn = client.tsn;
    connect();
    open();
    const reset = writeParameter(13, Buffer.concat([words(firstTsn, 0, client.tsn - 1), Buffer.alloc(2)]));
    const answers = exchange(client.chunk(CHUNK.reconfig, 0, reset)).sent;
    expect(channels.isOpen).toBe(false);
    const again = exchange(client.chunk(CHUNK.reconfig, 0, reset)).sent;
    expect([typesOf(answers), typesOf(again)]).toEqual([[CHUNK.reconfig], [CHUNK.reconfig]]);
    expect(channels.send('anybody?')).toBe(false);
  });

  it('take no bytes and no broken text, and count them', () => {
    connect();
    open();
    expect(say('picture', { protocol: BINARY })).toEqual([]);
    expect(say('elsewhere', { streamId: 3 })).toEqual([]);
    expect(exchange(client.data(Uint8Array.of(0xff, 0xfe), { protocol: TEXT })).texts).toEqual([]);
    expect(say('\0', { protocol: 56 })).toEqual([]);
    expect(channels.refused).toBe(3);
    expect(say('words')).toEqual(['words']);
  });

  it('carry nothing longer than the peer takes', () => {
    connect();
    open();
    expect(channels.send('x'.repeat(2001))).toBe(false);
    expect(channels.send('x'.repeat(2000))).toBe(true);
    expect(channels.isOpen).toBe(true);
  });

  it('end where the peer acknowledges nothing, before much waits for it', () => {
    connect();
    open();
    let sent = 0;
    while (channels.send('x'.repeat(1000))) sent += 1;
    expect(sent).toBeGreaterThan(50);
    expect(sent).toBeLessThan(66);
    expect(channels.isOver).toBe(true);
    expect(typesOf(channels.takePackets(nowMs))).toEqual([CHUNK.abort]);
  });

  it('end where the peer is silent for half a minute', () => {
    connect();
    open();
    channels.send('anybody?');
    for (; nowMs < 60_000 && !channels.isOver; nowMs += 50) channels.takePackets(nowMs);
    expect(channels.isOver).toBe(true);
  });

  it('acknowledge all that came, and what came too early', () => {
    connect();
    open();
    const missing = client.data(Buffer.from('first'));
    const { sent, texts } = exchange(client.data(Buffer.from('second')));
    expect(texts).toEqual([]);
    expect(sackOf(sent)?.gaps).toEqual([{ start: 2, end: 2 }]);
    expect(exchange(missing).texts).toEqual(['first', 'second']);
  });
});
