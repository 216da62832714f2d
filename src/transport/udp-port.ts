import { constants } from 'node:os';
import type { SendMode } from '../native/send-mode.ts';
import type { DatagramWriter, Destination } from './datagram-writer.ts';
import { type DatagramReader, UdpSocket } from './udp-socket.ts';

/** One UDP port for any number of peers, over IPv4 and, where the machine has it, IPv6. */
export class UdpPort {
  readonly #v4: UdpSocket;
  readonly #v6: UdpSocket | undefined;

  private constructor(v4: UdpSocket, v6: UdpSocket | undefined) {
    this.#v4 = v4;
    this.#v6 = v6;
  }

  static async open(options: { port: number; mode: SendMode; reader: DatagramReader }): Promise<UdpPort> {
    const v4 = await UdpSocket.open({ ...options, family: 4 });
    try {
      const v6 = await UdpSocket.open({ ...options, family: 6, port: v4.port });
      return new UdpPort(v4, v6);
    } catch (error) {
      // Where the system chose the port, somebody may have it on IPv6; where the operator did, that is for him to know.
      if (options.port === 0 || isWithoutIpv6(error)) return new UdpPort(v4, undefined);
      v4.close();
      throw error;
    }
  }

  get port(): number {
    return this.#v4.port;
  }

  get hasIpv6(): boolean {
    return this.#v6 !== undefined;
  }

  /** Datagrams that the kernel did not take. */
  get dropped(): number {
    return this.#v4.writer.dropped + (this.#v6?.writer.dropped ?? 0);
  }

  writerFor(to: Destination): DatagramWriter {
    return to.endpoint.family === 6 && this.#v6 ? this.#v6.writer : this.#v4.writer;
  }

  /** One datagram, sent with the next flush. */
  send(datagram: Uint8Array, to: Destination): void {
    const writer = this.writerFor(to);
    const start = writer.reserve(datagram.length);
    writer.memory.bytes.set(datagram, start);
    writer.commit(to, start, datagram.length, datagram.length);
  }

  flush(): void {
    this.#v4.writer.flush();
    this.#v6?.writer.flush();
  }

  close(): void {
    this.#v4.close();
    this.#v6?.close();
  }
}

function isWithoutIpv6(error: unknown): boolean {
  const errno = error instanceof Error && 'errno' in error ? Math.abs(Number(error.errno)) : 0;
  return errno === constants.errno.EAFNOSUPPORT || errno === constants.errno.EADDRNOTAVAIL;
}
