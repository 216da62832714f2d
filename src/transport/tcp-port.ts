import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TrafficCounts } from '../media/stats.ts';
import { allocateMemory } from '../native/memory.ts';
import type { SendMode } from '../native/send-mode.ts';
import { AF_INET, AF_INET6, socketAddress } from '../native/socket.ts';
import { openTcpSocket } from '../native/tcp.ts';
import type { SourceKey } from './datagram-source.ts';
import { MAX_RUN_BYTES } from './datagram-writer.ts';
import { Strangers } from './strangers.ts';
import { MAX_FRAME_BYTES, TcpConnection, type TcpShared } from './tcp-connection.ts';
import type { TcpWriter } from './tcp-writer.ts';
import type { DatagramReader } from './udp-socket.ts';

// What is on its way limits what a distant viewer can be sent: 256 KiB are 20 Mbit/s at 100 ms. What has not left yet
// only makes him late.
const KERNEL_BOUNDS = { sendBytes: 256 * 1024, unsentBytes: 32 * 1024 };
const BACKLOG = 1024;
const SWEEP_MS = 1000;

export interface TcpReader extends DatagramReader {
  /** A connection is gone, and with it what its peer was reached by. */
  onSourceClosed(key: SourceKey): void;
}

interface TcpPortOptions {
  readonly port: number;
  readonly hasIpv6: boolean;
  readonly mode: SendMode;
  readonly reader: TcpReader;
}

/**
 * One TCP port that peers may connect to (passive candidates, RFC 6544), over IPv4 and IPv6. A connection is nobody's
 * until a check on it proves whose it is.
 */
export class TcpPort {
  readonly #servers: Server[] = [];
  readonly #connections = new Set<TcpConnection>();
  readonly #strangers = new Strangers<TcpConnection>();
  readonly #unflushed: TcpWriter[] = [];
  readonly #reader: TcpReader;
  readonly #shared: TcpShared;
  /** Of the connections that are closed. */
  #dropped = 0;
  #sent: TrafficCounts = { datagrams: 0, bytes: 0 };
  #sweeper: NodeJS.Timeout | undefined;

  private constructor(reader: TcpReader) {
    this.#reader = reader;
    const memory = allocateMemory(MAX_RUN_BYTES);
    this.#shared = {
      reader,
      output: { memory, view: new DataView(memory.bytes.buffer) },
      input: allocateMemory(MAX_FRAME_BYTES),
      onWritten: (writer) => this.#unflushed.push(writer),
      onProven: (connection) => this.#strangers.remove(connection),
      onClosed: (connection) => this.#onClosed(connection),
    };
  }

  /** Throws when the port is taken. */
  static async open({ port, hasIpv6, mode, reader }: TcpPortOptions): Promise<TcpPort> {
    const opened = new TcpPort(reader);
    try {
      await opened.#listen(4, port, mode);
      if (hasIpv6) await opened.#listen(6, port, mode);
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  /** Packets that connections did not take in time. */
  get dropped(): number {
    let dropped = this.#dropped;
    for (const { writer } of this.#connections) dropped += writer.dropped;
    return dropped;
  }

  get sent(): TrafficCounts {
    let sent = this.#sent;
    for (const { writer } of this.#connections) sent = sumOf(sent, writer.sent);
    return sent;
  }

  flush(): void {
    for (const writer of this.#unflushed) writer.flush();
    this.#unflushed.length = 0;
  }

  /** Idempotent. */
  close(): void {
    for (const server of this.#servers) server.close();
    for (const connection of this.#connections) connection.release();
    clearInterval(this.#sweeper);
  }

  async #listen(family: 4 | 6, port: number, mode: SendMode): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#servers.push(server);
    const listening = once(server, 'listening');
    if (mode === 'dgram') {
      const host = family === 4 ? '0.0.0.0' : '::';
      server.listen({ port, host, ipv6Only: family === 6, backlog: BACKLOG, exclusive: true });
    } else {
      const address = socketAddress(new Uint8Array(family === 4 ? 4 : 16), port);
      const fd = openTcpSocket(family === 4 ? AF_INET : AF_INET6, address, KERNEL_BOUNDS);
      server.listen({ fd, backlog: BACKLOG, exclusive: true });
    }
    await listening;
    // A connection that could not be accepted is its peer's loss alone.
    server.on('error', () => {});
  }

  #accept(socket: Socket): void {
    // Gone before we looked.
    if (socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const connection = new TcpConnection(socket, this.#shared);
    this.#connections.add(connection);
    this.#strangers.add(connection, connection.endpoint().ip, performance.now())?.reset();
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  #sweep(): void {
    for (const connection of this.#strangers.takeOverdue(performance.now())) connection.reset();
    if (this.#strangers.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #onClosed(connection: TcpConnection): void {
    this.#strangers.remove(connection);
    this.#connections.delete(connection);
    this.#dropped += connection.writer.dropped;
    this.#sent = sumOf(this.#sent, connection.writer.sent);
    this.#reader.onSourceClosed(connection.key);
  }
}

export function sumOf(some: TrafficCounts, others: TrafficCounts): TrafficCounts {
  return { datagrams: some.datagrams + others.datagrams, bytes: some.bytes + others.bytes };
}
