import type { Socket } from 'node:net';
import type { NativeMemory } from '../native/memory.ts';
import type { Connection, DatagramSource } from './datagram-source.ts';
import { type Endpoint, endpointFromText } from './endpoint.ts';
import { FrameReader } from './frame-reader.ts';
import { TcpWriter, type WriterMemory } from './tcp-writer.ts';
import type { DatagramReader } from './udp-socket.ts';

/** As large as the largest datagram that is read. */
export const MAX_FRAME_BYTES = 2048;
// A dozen checks; one suffices to be known.
const MAX_UNPROVEN_BYTES = 8192;
// The goodbye may take a moment, and whoever does not read it must not keep the descriptor.
const LINGER_MS = 500;

export interface TcpShared {
  readonly reader: DatagramReader;
  readonly output: WriterMemory;
  /** A packet that came in, as large as a frame can be. */
  readonly input: NativeMemory;
  readonly onWritten: (writer: TcpWriter) => void;
  readonly onProven: (connection: TcpConnection) => void;
  readonly onClosed: (connection: TcpConnection) => void;
}

let connectionsMade = 0;

/** One TCP connection that a peer opened: packets in both directions, each behind its length (RFC 4571, RFC 6544). */
export class TcpConnection implements DatagramSource, Connection {
  readonly key: string;
  readonly writer: TcpWriter;
  readonly #shared: TcpShared;
  readonly #socket: Socket;
  readonly #endpoint: Endpoint;
  readonly #frames = new FrameReader({ maxBytes: MAX_FRAME_BYTES });
  #isProven = false;
  #unprovenBytes = 0;
  #isOver = false;

  /** Throws when the peer is gone already. */
  constructor(socket: Socket, shared: TcpShared) {
    connectionsMade += 1;
    // Neither a UDP address nor a later connection from the same port is the same place.
    this.key = `tcp ${connectionsMade}`;
    this.#endpoint = { ...endpointFromText(socket.remoteAddress ?? '', socket.remotePort ?? 0), key: this.key };
    this.#shared = shared;
    this.#socket = socket;
    this.writer = new TcpWriter(socket, shared.output, shared.onWritten);
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('close', () => this.#onClose());
    // `close` follows.
    socket.on('error', () => {});
  }

  get connection(): this {
    return this;
  }

  endpoint(): Endpoint {
    return this.#endpoint;
  }

  proven(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.#shared.onProven(this);
  }

  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.writer.end();
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  /** At once, and without a trace in the kernel: for those who were nobody's. */
  reset(): void {
    this.#isOver = true;
    this.writer.end();
    this.#socket.resetAndDestroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#frames.add(chunk);
    const { reader, input } = this.#shared;
    for (let packet = this.#frames.next(); packet && !this.#isOver; packet = this.#frames.next()) {
      input.bytes.set(packet);
      reader.onDatagram(input, 0, packet.length, this);
    }
    this.#unprovenBytes = this.#isProven ? 0 : this.#unprovenBytes + chunk.length;
    const isStranger = this.#frames.isBroken || this.#unprovenBytes > MAX_UNPROVEN_BYTES;
    if (isStranger && !this.#isOver) this.reset();
    reader.onBatchEnd();
  }

  #onClose(): void {
    this.#isOver = true;
    this.writer.end();
    this.#shared.onClosed(this);
  }
}
