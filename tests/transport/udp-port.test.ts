import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { allocateMemory } from '../../src/native/memory.ts';
import { MessageArray } from '../../src/native/message-array.ts';
import { bestSendMode, type SendMode } from '../../src/native/send-mode.ts';
import { AF_INET, closeSocket, localPort, setInteger, socketAddress } from '../../src/native/socket.ts';
import { openUdpSocket, receiveMessages } from '../../src/native/udp.ts';
import type { DatagramSource } from '../../src/transport/datagram-source.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { addressText, endpointFromText } from '../../src/transport/endpoint.ts';
import { NativeWriter } from '../../src/transport/native-writer.ts';
import { UdpPort } from '../../src/transport/udp-port.ts';
import type { DatagramReader } from '../../src/transport/udp-socket.ts';
import { until } from '../support/until.ts';

const allModes: readonly SendMode[] = ['gso', 'sendmmsg', 'dgram'];
const modes = allModes.slice(allModes.indexOf(bestSendMode()));
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** What came in, and from where. */
class Collector implements DatagramReader {
  readonly datagrams: Buffer[] = [];
  readonly sources: string[] = [];
  batches = 0;

  onDatagram(...[memory, start, end, source]: Parameters<DatagramReader['onDatagram']>): void {
    const { port, ...endpoint } = source.endpoint();
    this.datagrams.push(Buffer.from(memory.bytes.slice(start, end)));
    this.sources.push(`${addressText({ port, ...endpoint })} ${port}`);
  }

  onBatchEnd(): void {
    this.batches += 1;
  }
}

async function openPort(mode: SendMode, reader: DatagramReader = new Collector(), port = 0): Promise<UdpPort> {
  const opened = await UdpPort.open({ port, mode, reader });
  closing.push(() => opened.close());
  return opened;
}

/** An ordinary socket and what it received. */
async function openPeer(address = '127.0.0.1') {
  const socket: Socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const received: Buffer[] = [];
  socket.on('message', (datagram) => received.push(datagram));
  socket.bind(0, address);
  await once(socket, 'listening');
  closing.push(() => socket.close());
  return { socket, received, destination: new Destination(endpointFromText(address, socket.address().port)) };
}

/** A run of datagrams of `segment` bytes, the last one perhaps shorter, each with its number in front. */
function writeRun(port: UdpPort, to: Destination, count: number, segment: number, last = segment): void {
  const writer = port.writerFor(to);
  const length = (count - 1) * segment + last;
  const start = writer.reserve(length);
  writer.memory.bytes.fill(0x55, start, start + length);
  for (let index = 0; index < count; index += 1) writer.view.setUint16(start + index * segment, index);
  writer.commit(to, start, length, segment);
}

describe.each(modes)('a port sending by %s', (mode) => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ])('carries datagrams both ways with %s', async (address, text) => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    if (address === '::1' && !port.hasIpv6) return;
    const peer = await openPeer(address);
    port.send(Buffer.from('hello'), peer.destination);
    port.flush();
    await until('it came', () => peer.received.length === 1);
    expect(peer.received[0]?.toString()).toBe('hello');
    peer.socket.send('and back', port.port, address);
    await until('the answer came', () => collector.datagrams.length === 1);
    expect(collector.datagrams[0]?.toString()).toBe('and back');
    expect(collector.sources).toEqual([`${text} ${peer.socket.address().port}`]);
  });

  test('cuts runs into their datagrams, the last one shorter', async () => {
    const port = await openPort(mode);
    const peer = await openPeer();
    writeRun(port, peer.destination, 64, 1000, 300);
    writeRun(port, peer.destination, 1, 77);
    writeRun(port, peer.destination, 3, 40);
    port.flush();
    await until('all came', () => peer.received.length === 68);
    const lengths = [...new Array(63).fill(1000), 300, 77, 40, 40, 40];
    expect(peer.received.map(({ length }) => length)).toEqual(lengths);
    expect(peer.received.slice(0, 64).map((datagram) => datagram.readUInt16BE(0))).toEqual(
      Array.from({ length: 64 }, (_, index) => index),
    );
    expect(port.dropped).toBe(0);
  });

  test('takes more than its memory and its list of messages hold, in order', async () => {
    const port = await openPort(mode);
    // Many receivers, so that none needs a large buffer of its own.
    const peers = await Promise.all(Array.from({ length: 40 }, () => openPeer()));
    for (const { destination } of peers) writeRun(port, destination, 30, 400);
    for (let lone = 0; lone < 30; lone += 1) {
      for (const { destination } of peers) port.send(Buffer.from([1, lone]), destination);
    }
    port.flush();
    for (const { received } of peers) {
      await until('all came', () => received.length === 60);
      const expected = Array.from({ length: 60 }, (_, index) => (index < 30 ? index : 256 + index - 30));
      expect(received.map((datagram) => datagram.readUInt16BE(0))).toEqual(expected);
    }
    expect(port.dropped).toBe(0);
  });

  test('a flush in the middle of a run spoils nothing of the rest', async () => {
    const port = await openPort(mode);
    const [many, peer] = [await openPeer(), await openPeer()];
    for (let lone = 0; lone < 500; lone += 1) port.send(Buffer.from([9, 9]), many.destination);
    writeRun(port, peer.destination, 30, 300);
    writeRun(port, peer.destination, 50, 300, 77);
    port.flush();
    await until('all came', () => peer.received.length === 80);
    expect(peer.received.map((datagram) => datagram.readUInt16BE(0))).toEqual(
      Array.from({ length: 80 }, (_, index) => (index < 30 ? index : index - 30)),
    );
    for (const datagram of peer.received) expect(datagram.subarray(2).every((byte) => byte === 0x55)).toBe(true);
  });

  test('reads a burst whole, and says once in a while that it is over', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const peer = await openPeer();
    for (let index = 0; index < 400; index += 1) peer.socket.send(Buffer.from([index >> 8, index & 0xff]), port.port);
    await until('all came', () => collector.datagrams.length === 400);
    expect(collector.datagrams.map((datagram) => datagram.readUInt16BE(0))).toEqual(
      Array.from({ length: 400 }, (_, index) => index),
    );
    expect(collector.batches).toBeGreaterThan(0);
  });

  test('a datagram larger than any packet of media harms none of its neighbours', async () => {
    const collector = new Collector();
    const port = await openPort(mode, collector);
    const peer = await openPeer();
    for (const length of [100, 60_000, 101, 2049, 102, 2048, 0, 103]) {
      peer.socket.send(Buffer.alloc(length, length & 0xff), port.port);
    }
    await until('the last came', () => collector.datagrams.some(({ length }) => length === 103));
    for (const length of [100, 101, 102, 2048, 103]) {
      expect(collector.datagrams.some((datagram) => datagram.equals(Buffer.alloc(length, length & 0xff)))).toBe(true);
    }
    for (const { length } of collector.datagrams) expect(length).toBeLessThanOrEqual(2048);
  });

  test('the last words go out although the port closes behind them', async () => {
    const port = await UdpPort.open({ port: 0, mode, reader: new Collector() });
    const peer = await openPeer();
    port.send(Buffer.from('goodbye'), peer.destination);
    port.flush();
    port.close();
    port.close();
    await until('it came', () => peer.received.length === 1);
  });

  test('a port that is taken is refused', async () => {
    const port = await openPort(mode);
    await expect(openPort(mode, new Collector(), port.port)).rejects.toThrow();
  });
});

describe.runIf(modes.includes('gso'))('the kernel', () => {
  /** A small receiver that reads only when asked, and sees which datagrams left as one message. */
  function slowReceiver() {
    const fd = openUdpSocket(AF_INET, socketAddress(Uint8Array.of(127, 0, 0, 1), 0), 1_000_000);
    closing.push(() => closeSocket(fd));
    return { fd, destination: new Destination(endpointFromText('127.0.0.1', localPort(fd))) };
  }

  function readAll(fd: number, messages: MessageArray, controlLength: number) {
    const found: { length: number; segment: number }[] = [];
    for (;;) {
      messages.rearm(0, controlLength);
      if (receiveMessages(fd, messages.address, 1) !== 1) return found;
      found.push({ length: messages.receivedLength(0), segment: messages.receivedSegmentSize(0) });
    }
  }

  test('refusing a run of too many segments gets them one by one, and others still get runs', () => {
    const UDP_GRO = 104;
    const SOL_UDP = 17;
    const refused = slowReceiver();
    const other = slowReceiver();
    for (const { fd } of [refused, other]) setInteger(fd, SOL_UDP, UDP_GRO, 1);
    const sender = slowReceiver();
    const writer = new NativeWriter(sender.fd, { hasGso: true });
    const commit = (to: Destination, count: number) => {
      const start = writer.reserve(count * 10);
      writer.commit(to, start, count * 10, 10);
    };
    commit(other.destination, 5);
    commit(refused.destination, 300);
    commit(other.destination, 4);
    writer.flush();
    expect([refused.destination.refusesGso, other.destination.refusesGso]).toEqual([true, false]);
    commit(refused.destination, 3);
    commit(other.destination, 3);
    writer.flush();
    expect(writer.dropped).toBe(0);

    const memory = allocateMemory(65_536);
    const messages = new MessageArray(1);
    messages.setReceive(0, memory.address, 65_536, 24);
    expect(readAll(refused.fd, messages, 24)).toEqual(new Array(303).fill({ length: 10, segment: 0 }));
    expect(readAll(other.fd, messages, 24)).toEqual([50, 40, 30].map((length) => ({ length, segment: 10 })));
  });
});

describe.skipIf(bestSendMode() === 'dgram')('a port on a machine with several addresses', () => {
  test('what is asked of one address is answered from it, and nobody else gets a part of the port', async () => {
    const sources: DatagramSource[] = [];
    const reader = {
      onDatagram: (_memory: unknown, _start: number, _end: number, source: DatagramSource) => sources.push(source),
      onBatchEnd: () => {},
    };
    const port = await UdpPort.open({ port: 0, mode: bestSendMode(), reader });
    const client = createSocket('udp4');
    const answers: string[] = [];
    client.on('message', (_datagram, from) => answers.push(`${from.address}:${from.port}`));
    // All of 127.0.0.0/8 is this machine's; only 127.0.0.1 is an address of an interface.
    client.bind(0, '127.0.0.5');
    await once(client, 'listening');
    client.send('?', port.port, '127.0.0.1');
    await until('it was asked', () => sources.length === 1);

    const [source] = sources;
    if (!source) throw new Error('no source');
    port.send(Buffer.from('!'), new Destination(source.endpoint(), source.writer));
    port.flush();
    await until('it was answered', () => answers.length === 1);
    expect(answers).toEqual([`127.0.0.1:${port.port}`]);

    const thief = createSocket({ type: 'udp4', reuseAddr: true });
    const failed = once(thief, 'error');
    thief.bind(port.port, '127.0.0.9');
    expect((await failed)[0]).toMatchObject({ code: 'EADDRINUSE' });
    client.close();
    port.close();
  });
});
