import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { allocateMemory } from '../native/memory.ts';
import { MessageArray } from '../native/message-array.ts';
import type { SendMode } from '../native/send-mode.ts';
import { AF_INET, AF_INET6, socketAddress } from '../native/socket.ts';
import { openUdpSocket, receiveMessages, shareAddress } from '../native/udp.ts';
import { type DatagramSource, sourceOfSockaddr, sourceOfText } from './datagram-source.ts';
import type { DatagramWriter } from './datagram-writer.ts';
import { DgramWriter } from './dgram-writer.ts';
import { NativeWriter } from './native-writer.ts';
import type { NativeSlice } from './srtp-session.ts';

// A frame for a thousand viewers is 11 MB; a burst of a thousand receivers' reports must wait somewhere too.
export const BUFFER_BYTES = 16 * 1024 * 1024;
const SLOT_BYTES = 2048;
const SLOTS = 64;
// One wake-up reads at most this many times, so that timers and other sockets get their turn.
const MAX_READS = 16;

export interface DatagramReader {
  /** The memory is the socket's and changes after the call; it may be written to in between. */
  onDatagram(memory: NativeSlice, start: number, end: number, source: DatagramSource): void;
  /** After all that one wake-up brought. */
  onBatchEnd(): void;
}

/** One bound UDP socket. Receiving: Node wakes us with the first datagram, recvmmsg fetches the rest of the burst. */
export class UdpSocket {
  readonly port: number;
  readonly writer: DatagramWriter;
  readonly #socket: Socket;
  readonly #fd: number;
  readonly #reader: DatagramReader;
  readonly #memory = allocateMemory(SLOTS * SLOT_BYTES);
  readonly #messages: MessageArray | undefined;
  #isClosed = false;

  private constructor(socket: Socket, fd: number, mode: SendMode, reader: DatagramReader) {
    this.port = socket.address().port;
    this.#socket = socket;
    this.#fd = fd;
    this.#reader = reader;
    this.writer = fd < 0 ? new DgramWriter(socket) : new NativeWriter(fd, { hasGso: mode === 'gso' });
    if (fd >= 0) {
      this.#messages = new MessageArray(SLOTS);
      for (let slot = 0; slot < SLOTS; slot += 1) {
        this.#messages.setReceive(slot, this.#memory.address + slot * SLOT_BYTES, SLOT_BYTES);
      }
    }
    socket.on('message', (datagram, from) => this.#onWake(datagram, from));
    // A failed read says something about one datagram, nothing about the socket.
    socket.on('error', () => {});
  }

  /** Port 0 lets the system choose. Throws when the port is taken or the family is missing. Native modes only: one `address`. */
  static async open(options: {
    family: 4 | 6;
    port: number;
    mode: SendMode;
    reader: DatagramReader;
    /** Only this one, of a port that a sharing socket has. */
    address?: Uint8Array;
  }): Promise<UdpSocket> {
    const { family, port, mode, reader } = options;
    const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', ipv6Only: family === 6 });
    // A descriptor that is bound already is listened on at once, before `bind` returns.
    const listening = once(socket, 'listening');
    if (mode === 'dgram') {
      socket.bind({ port, address: family === 4 ? '0.0.0.0' : '::', exclusive: true });
      await listening;
      socket.setRecvBufferSize(BUFFER_BYTES);
      socket.setSendBufferSize(BUFFER_BYTES);
      return new UdpSocket(socket, -1, mode, reader);
    }
    const { address } = options;
    const bound = socketAddress(address ?? new Uint8Array(family === 4 ? 4 : 16), port);
    const fd = openUdpSocket(family === 4 ? AF_INET : AF_INET6, bound, BUFFER_BYTES, address !== undefined);
    socket.bind({ fd, exclusive: true });
    await listening;
    return new UdpSocket(socket, fd, mode, reader);
  }

  share(isSharing: boolean): void {
    shareAddress(this.#fd, isSharing);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.removeAllListeners('message');
    // Node's own sending starts a moment after it was asked for: the last goodbyes are still to go.
    if (this.#fd < 0) setImmediate(() => this.#socket.close());
    else this.#socket.close();
  }

  #onWake(datagram: Buffer, from: RemoteInfo): void {
    if (datagram.length <= SLOT_BYTES) {
      this.#memory.bytes.set(datagram);
      this.#reader.onDatagram(this.#memory, 0, datagram.length, sourceOfText(from.address, from.port, this.writer));
    }
    if (this.#messages) this.#drain(this.#messages);
    this.#reader.onBatchEnd();
  }

  #drain(messages: MessageArray): void {
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      const count = receiveMessages(this.#fd, messages.address, SLOTS);
      for (let slot = 0; slot < count; slot += 1) {
        const start = slot * SLOT_BYTES;
        const source = sourceOfSockaddr(messages.receivedAddress(slot), this.writer);
        this.#reader.onDatagram(this.#memory, start, start + messages.receivedLength(slot), source);
        messages.rearm(slot);
      }
      if (count < SLOTS) return;
    }
  }
}
