import { beforeEach, describe, expect, test } from 'vitest';
import { allocateMemory } from '../../src/native/memory.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { FrameReader } from '../../src/transport/frame-reader.ts';
import { type ByteSink, TcpWriter } from '../../src/transport/tcp-writer.ts';

/** Takes what is written when told to. */
class StuckSocket implements ByteSink {
  readonly written: Buffer[] = [];
  writableLength = 0;
  corks = 0;

  write(bytes: Uint8Array | string): boolean {
    this.written.push(Buffer.from(bytes));
    this.writableLength += bytes.length;
    return false;
  }

  cork(): void {
    this.corks += 1;
  }

  uncork(): void {
    this.corks -= 1;
  }

  packets(): Buffer[] {
    const reader = new FrameReader({ maxBytes: 65_535 });
    reader.add(Buffer.concat(this.written));
    const packets: Buffer[] = [];
    for (let packet = reader.next(); packet; packet = reader.next()) packets.push(Buffer.from(packet));
    return packets;
  }
}

const memory = allocateMemory(65_507);
const output = { memory, view: new DataView(memory.bytes.buffer) };
let socket: StuckSocket;
let writer: TcpWriter;
let unflushed: TcpWriter[];
let to: Destination;

beforeEach(() => {
  socket = new StuckSocket();
  unflushed = [];
  writer = new TcpWriter(socket, output, (first) => unflushed.push(first));
  to = new Destination(endpointFromText('192.0.2.1', 9), writer);
});

function commit(length: number, segment: number): void {
  const start = writer.reserve(length);
  for (let at = 0; at < length; at += 1) memory.bytes[start + at] = Math.floor(at / segment);
  writer.commit(to, start, length, segment);
}

describe('a writer of a TCP connection', () => {
  test('puts the length before each packet of a run', () => {
    commit(1100, 400);
    commit(7, 7);
    writer.flush();
    expect(socket.packets().map(({ length }) => length)).toEqual([400, 400, 300, 7]);
    expect(socket.packets().map((packet) => [...new Set(packet)])).toEqual([[0], [1], [2], [0]]);
  });

  test('hands over what belongs together at once', () => {
    commit(10, 10);
    commit(10, 10);
    expect([socket.corks, unflushed]).toEqual([1, [writer]]);
    writer.flush();
    writer.flush();
    expect(socket.corks).toBe(0);
    commit(10, 10);
    expect([socket.corks, unflushed.length]).toEqual([1, 2]);
  });

  test('takes half a megabyte for a peer that reads nothing, and drops whole packets beyond', () => {
    for (let run = 0; run < 100; run += 1) commit(12_000, 1200);
    writer.flush();
    expect(socket.writableLength).toBeLessThanOrEqual(512 * 1024);
    expect(socket.writableLength).toBeGreaterThan(500 * 1024);
    expect(socket.packets().length + writer.dropped).toBe(1000);
    socket.writableLength = 0;
    const { dropped } = writer;
    commit(12_000, 1200);
    expect(writer.dropped).toBe(dropped);
  });

  test('writes nothing once its connection is closing', () => {
    commit(10, 10);
    writer.end();
    expect(socket.corks).toBe(0);
    commit(30, 10);
    expect([socket.packets().length, writer.dropped]).toEqual([1, 3]);
    expect(to.backlog?.isBehind(1000, 0)).toBe(true);
  });

  test('counts what was left out for its sake', () => {
    writer.backlog.passedOver += 12;
    expect(writer.dropped).toBe(12);
  });
});
