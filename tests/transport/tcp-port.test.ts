import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { bestSendMode, type SendMode } from '../../src/native/send-mode.ts';
import type { DatagramSource, SourceKey } from '../../src/transport/datagram-source.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { addressText } from '../../src/transport/endpoint.ts';
import { FrameReader } from '../../src/transport/frame-reader.ts';
import { MediaPort } from '../../src/transport/media-port.ts';
import type { TcpReader } from '../../src/transport/tcp-port.ts';
import { until } from '../support/until.ts';

const modes = [...new Set<SendMode>([bestSendMode(), 'dgram'])];
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** What came in over TCP, from where, and what closed. */
class Collector implements TcpReader {
  readonly packets: Buffer[] = [];
  readonly sources: DatagramSource[] = [];
  readonly closed: SourceKey[] = [];

  onDatagram(...[memory, start, end, source]: Parameters<TcpReader['onDatagram']>): void {
    this.packets.push(Buffer.from(memory.bytes.slice(start, end)));
    this.sources.push(source);
  }

  onBatchEnd(): void {}

  onSourceClosed(key: SourceKey): void {
    this.closed.push(key);
  }
}

async function openPort(mode: SendMode, reader: TcpReader = new Collector(), port = 0): Promise<MediaPort> {
  const opened = await MediaPort.open({ port, mode, reader });
  closing.push(() => opened.close());
  return opened;
}

interface Peer {
  readonly socket: Socket;
  readonly packets: Buffer[];
  isClosed: boolean;
}

async function openPeer(port: number, host = '127.0.0.1'): Promise<Peer> {
  const socket = connect({ port, host, noDelay: true });
  const frames = new FrameReader({ maxBytes: 65_535 });
  const peer: Peer = { socket, packets: [], isClosed: false };
  socket.on('data', (chunk) => {
    frames.add(chunk);
    for (let packet = frames.next(); packet; packet = frames.next()) peer.packets.push(Buffer.from(packet));
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    peer.isClosed = true;
  });
  await once(socket, 'connect');
  closing.push(() => socket.destroy());
  return peer;
}

function framed(packet: string): Buffer {
  return Buffer.concat([Buffer.from([0, packet.length]), Buffer.from(packet)]);
}

/** A peer of which one packet came in, and where that came from. */
async function knownPeer(port: MediaPort, collector: Collector) {
  const before = collector.sources.length;
  const peer = await openPeer(port.port);
  peer.socket.write(framed('hello'));
  const source = await until('it came', () => collector.sources[before]);
  return { peer, source, destination: new Destination(source.endpoint(), source.writer) };
}

describe.each(modes)('the TCP side of a port sending by %s', (mode) => {
  test.each(['127.0.0.1', '::1'])('carries packets both ways with %s', async (address) => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    if (address === '::1' && !port.hasIpv6) return;
    const peer = await openPeer(port.port, address);
    peer.socket.write(Buffer.concat([framed('one'), framed('two')]));
    await until('both came', () => collector.packets.length === 2);
    expect(collector.packets.map(String)).toEqual(['one', 'two']);
    const [source] = collector.sources;
    if (!source) throw new Error('no source');
    expect(addressText(source.endpoint())).toBe(address);
    expect(source.endpoint().port).toBe(peer.socket.localPort);
    const to = new Destination(source.endpoint(), source.writer);
    port.send(Buffer.from('and'), to);
    port.send(Buffer.from('back'), to);
    port.flush();
    await until('the answers came', () => peer.packets.length === 2);
    expect(peer.packets.map(String)).toEqual(['and', 'back']);
  });

  test('two connections of one address are two places, and UDP from there is a third', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const keys = [(await knownPeer(port, collector)).source, (await knownPeer(port, collector)).source];
    expect(new Set(keys.map(({ key }) => key)).size).toBe(2);
    for (const source of keys) expect(source.endpoint().key).toBe(source.key);
  });

  test('says when a connection is gone', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const { peer, source } = await knownPeer(port, collector);
    peer.socket.destroy();
    await until('it was said', () => collector.closed.length === 1);
    expect(collector.closed).toEqual([source.key]);
  });

  test('what is released is told the last words, then closed', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const { peer, source, destination } = await knownPeer(port, collector);
    source.connection?.proven();
    port.send(Buffer.from('goodbye'), destination);
    source.connection?.release();
    source.connection?.release();
    await until('it is closed', () => peer.isClosed && collector.closed.length === 1);
    expect(peer.packets.map(String)).toEqual(['goodbye']);
    port.send(Buffer.from('more'), destination);
    port.flush();
    expect(peer.packets.length).toBe(1);
  });

  test.each([
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: here\r\n\r\n')],
    ['a packet that is too long', Buffer.from([0x08, 0x01])],
    ['more than a stranger may say', Buffer.concat(new Array(200).fill(framed('knock '.repeat(10))))],
  ])('closes at once on %s', async (_, bytes) => {
    const port = await openPort(mode);
    const peer = await openPeer(port.port);
    peer.socket.write(bytes);
    await until('it is closed', () => peer.isClosed);
    expect(peer.packets).toEqual([]);
  });

  test('one that is known may say as much as it likes', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const { peer, source } = await knownPeer(port, collector);
    source.connection?.proven();
    for (let packet = 0; packet < 1000; packet += 1) peer.socket.write(framed('x'.repeat(200)));
    await until('all came', () => collector.packets.length === 1001);
    expect(peer.isClosed).toBe(false);
  });

  test('more strangers of one address than may wait push out the oldest, but none that is known', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const known = await knownPeer(port, collector);
    known.source.connection?.proven();
    const strangers: Peer[] = [];
    for (let index = 0; index < 66; index += 1) strangers.push(await openPeer(port.port));
    await until('two had to go', () => strangers.filter(({ isClosed }) => isClosed).length === 2);
    expect(strangers.slice(0, 2).map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(known.peer.isClosed).toBe(false);
  });

  test('a peer that reads nothing costs a bounded number of bytes, and gets whole packets', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const { peer, source, destination } = await knownPeer(port, collector);
    source.connection?.proven();
    peer.socket.pause();
    const packet = Buffer.alloc(1200, 7);
    for (let sent = 0; sent < 20_000; sent += 1) {
      port.send(packet, destination);
      if (sent % 10 === 0) port.flush();
    }
    port.flush();
    expect(port.dropped).toBeGreaterThan(10_000);
    expect(destination.backlog?.isBehind(500, performance.now())).toBe(true);
    peer.socket.resume();
    await until('what was taken came', () => peer.packets.length + port.dropped === 20_000);
    expect(peer.packets.every((received) => received.equals(packet))).toBe(true);
    await until('the way is free again', () => destination.backlog?.isClear(performance.now()));
  });

  test('a port whose TCP half is taken is refused with a clear word', async () => {
    const other = createServer();
    other.listen(0, '0.0.0.0');
    await once(other, 'listening');
    closing.push(() => other.close());
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const refusal = `TCP port ${port} for media (MEDIA_PORT) is taken by another program`;
    await expect(openPort(mode, new Collector(), port)).rejects.toThrow(refusal);
    other.close();
    await once(other, 'close');
    // Its UDP half was not kept either.
    await until('both are free', () => openPort(mode, new Collector(), port).catch(() => undefined));
  });

  test('one whose UDP half is taken is refused as clearly', async () => {
    const { port } = await openPort(mode);
    const refusal = `UDP port ${port} for media (MEDIA_PORT) is taken by another program`;
    await expect(openPort(mode, new Collector(), port)).rejects.toThrow(refusal);
  });

  test('a port that was closed with connections open can be opened again at once', async () => {
    const collector = new Collector();
    const first = await openPort(mode, collector);
    const { peer, source } = await knownPeer(first, collector);
    source.connection?.proven();
    first.close();
    await until('the peer was told', () => peer.isClosed);
    const again = await openPort(mode, new Collector(), first.port);
    expect(again.port).toBe(first.port);
  });
});
