import type { Socket } from 'node:net';
import type { TrafficCounts } from '../media/stats.ts';
import type { NativeMemory } from '../native/memory.ts';
import { Backlog } from './backlog.ts';
import type { DatagramWriter, Destination } from './datagram-writer.ts';

const PREFIX_BYTES = 2;
// Whoever writes asks `backlog` first; this is for what is written all the same.
const MAX_QUEUED_BYTES = 512 * 1024;

/** What it needs of a socket. */
export type ByteSink = Pick<Socket, 'write' | 'cork' | 'uncork' | 'writableLength'>;

/** Where what is to be sent is put together: one for all connections of a thread, since none holds on to it. */
export interface WriterMemory {
  readonly memory: NativeMemory;
  readonly view: DataView;
}

/** Packets on their way out of one TCP connection, each behind its length (RFC 4571). */
export class TcpWriter implements DatagramWriter {
  readonly memory: NativeMemory;
  readonly view: DataView;
  readonly backlog: Backlog;
  readonly #socket: ByteSink;
  readonly #onFirst: (writer: TcpWriter) => void;
  #isGathering = false;
  #isOver = false;
  #dropped = 0;
  #datagrams = 0;
  #bytes = 0;

  /** `onFirst`: from now on there is something to be flushed. */
  constructor(socket: ByteSink, { memory, view }: WriterMemory, onFirst: (writer: TcpWriter) => void) {
    this.memory = memory;
    this.view = view;
    this.backlog = new Backlog(() => socket.writableLength);
    this.#socket = socket;
    this.#onFirst = onFirst;
  }

  get dropped(): number {
    return this.#dropped + this.backlog.passedOver;
  }

  get sent(): TrafficCounts {
    return { datagrams: this.#datagrams, bytes: this.#bytes };
  }

  reserve(_bytes: number): number {
    return 0;
  }

  commit(_to: Destination, start: number, length: number, segment: number): void {
    const count = Math.ceil(length / segment);
    const bytes = length + count * PREFIX_BYTES;
    this.#datagrams += count;
    this.#bytes += bytes;
    if (this.#isOver || this.#socket.writableLength + bytes > MAX_QUEUED_BYTES) {
      this.#dropped += count;
      return;
    }
    if (!this.#isGathering) {
      this.#isGathering = true;
      this.#socket.cork();
      this.#onFirst(this);
    }
    this.#socket.write(this.#framed(start, length, segment, bytes));
    this.backlog.wrote(bytes);
  }

  flush(): void {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#socket.uncork();
  }

  /** The connection is closing: nothing more is taken. */
  end(): void {
    this.flush();
    this.#isOver = true;
    this.backlog.end();
  }

  // Not from Node's pool: what waits long would keep whole slabs of it.
  #framed(start: number, length: number, segment: number, bytes: number): Buffer {
    const framed = Buffer.allocUnsafeSlow(bytes);
    let at = 0;
    for (let from = start; from < start + length; from += segment) {
      const size = Math.min(segment, start + length - from);
      at = framed.writeUInt16BE(size, at);
      framed.set(this.memory.bytes.subarray(from, from + size), at);
      at += size;
    }
    return framed;
  }
}
