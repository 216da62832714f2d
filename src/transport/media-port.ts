import { constants } from 'node:os';
import type { TrafficCounts } from '../media/stats.ts';
import type { SendMode } from '../native/send-mode.ts';
import { SocketError } from '../native/socket.ts';
import type { DatagramWriter, Destination } from './datagram-writer.ts';
import { sumOf, TcpPort, type TcpReader } from './tcp-port.ts';
import { UdpPort } from './udp-port.ts';

// Where the system chooses the number for UDP, somebody may have it for TCP.
const MAX_TRIES = 10;

interface MediaPortOptions {
  /** 0: the system chooses. */
  readonly port: number;
  readonly mode: SendMode;
  readonly reader: TcpReader;
}

/** The port of one media thread: UDP, and under the same number TCP for those whose network drops UDP. */
export class MediaPort {
  readonly #udp: UdpPort;
  readonly #tcp: TcpPort;

  private constructor(udp: UdpPort, tcp: TcpPort) {
    this.#udp = udp;
    this.#tcp = tcp;
  }

  /** Throws with a clear word when the port is taken. */
  static async open(options: MediaPortOptions): Promise<MediaPort> {
    for (let tries = 1; ; tries += 1) {
      const udp = await UdpPort.open(options).catch((error) => refuse('UDP', options.port, error));
      const { port, hasIpv6 } = udp;
      try {
        return new MediaPort(udp, await TcpPort.open({ ...options, port, hasIpv6 }));
      } catch (error) {
        udp.close();
        if (options.port !== 0 || tries === MAX_TRIES) refuse('TCP', port, error);
      }
    }
  }

  get port(): number {
    return this.#udp.port;
  }

  get hasIpv6(): boolean {
    return this.#udp.hasIpv6;
  }

  /** Packets that neither the kernel nor a connection took. */
  get dropped(): number {
    return this.#udp.dropped + this.#tcp.dropped;
  }

  /** Handed over so far, dropped or not. */
  get sent(): TrafficCounts {
    return sumOf(this.#udp.sent, this.#tcp.sent);
  }

  writerFor(to: Destination): DatagramWriter {
    return this.#udp.writerFor(to);
  }

  /** One packet, sent with the next flush. */
  send(packet: Uint8Array, to: Destination): void {
    this.#udp.send(packet, to);
  }

  flush(): void {
    this.#udp.flush();
    this.#tcp.flush();
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
  }
}

function refuse(transport: 'UDP' | 'TCP', port: number, cause: unknown): never {
  const reason = isTaken(cause) ? 'is taken by another program' : 'can not be opened';
  throw new Error(`${transport} port ${port} for media (MEDIA_PORT) ${reason}`, { cause });
}

function isTaken(error: unknown): boolean {
  if (error instanceof SocketError) return error.errno === constants.errno.EADDRINUSE;
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
