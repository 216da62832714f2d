import { constants, networkInterfaces } from 'node:os';
import type { TrafficCounts } from '../media/stats.ts';
import type { SendMode } from '../native/send-mode.ts';
import type { DatagramWriter, Destination } from './datagram-writer.ts';
import { endpointFromText } from './endpoint.ts';
import { type DatagramReader, UdpSocket } from './udp-socket.ts';

const MAX_OWN_ADDRESSES = 16;

interface PortOptions {
  readonly port: number;
  readonly mode: SendMode;
  readonly reader: DatagramReader;
}

/**
 * One UDP port for any number of peers, over IPv4 and, where the machine has it, IPv6. Each address of the machine has
 * a socket of its own, since ICE wants the answer from the address that was asked; addresses that come later, and
 * Node's dgram, have to do with what the kernel chooses.
 */
export class UdpPort {
  readonly #v4: UdpSocket;
  readonly #v6: UdpSocket | undefined;
  readonly #all: readonly UdpSocket[];

  private constructor(v4: UdpSocket, v6: UdpSocket | undefined, own: readonly UdpSocket[]) {
    this.#v4 = v4;
    this.#v6 = v6;
    this.#all = [v4, ...(v6 ? [v6] : []), ...own];
  }

  static async open(options: PortOptions): Promise<UdpPort> {
    const v4 = await UdpSocket.open({ ...options, family: 4 });
    const v6 = await openIpv6(options, v4);
    const own = options.mode === 'dgram' ? [] : await openOwnAddresses(options, v4, v6);
    return new UdpPort(v4, v6, own);
  }

  get port(): number {
    return this.#v4.port;
  }

  get hasIpv6(): boolean {
    return this.#v6 !== undefined;
  }

  /** Datagrams that the kernel did not take. */
  get dropped(): number {
    return this.#all.reduce((sum, { writer }) => sum + writer.dropped, 0);
  }

  get sent(): TrafficCounts {
    let datagrams = 0;
    let bytes = 0;
    for (const { writer } of this.#all) {
      const { sent } = writer;
      datagrams += sent.datagrams;
      bytes += sent.bytes;
    }
    return { datagrams, bytes };
  }

  writerFor(to: Destination): DatagramWriter {
    if (to.writer) return to.writer;
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
    for (const { writer } of this.#all) writer.flush();
  }

  close(): void {
    for (const socket of this.#all) socket.close();
  }
}

async function openIpv6(options: PortOptions, v4: UdpSocket): Promise<UdpSocket | undefined> {
  try {
    return await UdpSocket.open({ ...options, family: 6, port: v4.port });
  } catch (error) {
    // Where the system chose the port, somebody may have it on IPv6; where the operator did, that is for him to know.
    if (options.port === 0 || isWithoutIpv6(error)) return undefined;
    v4.close();
    throw error;
  }
}

/** Sharing lasts only as long as this: afterwards nobody else can take a part of the port either. */
async function openOwnAddresses(
  options: PortOptions,
  v4: UdpSocket,
  v6: UdpSocket | undefined,
): Promise<readonly UdpSocket[]> {
  const opened: UdpSocket[] = [];
  const sharing = [v4, ...(v6 ? [v6] : [])];
  for (const socket of sharing) socket.share(true);
  for (const { family, ip } of ownAddresses(v6 !== undefined)) {
    const socket = UdpSocket.open({ ...options, family, port: v4.port, address: ip });
    // An address that went away in this moment is served by nobody, as before.
    await socket.then((own) => opened.push(own)).catch(() => {});
  }
  for (const socket of [...sharing, ...opened]) socket.share(false);
  return opened;
}

function ownAddresses(hasIpv6: boolean) {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ scopeid }) => (scopeid ?? 0) === 0)
    .map(({ address }) => endpointFromText(address, 0))
    .filter(({ family }) => family === 4 || hasIpv6)
    .slice(0, MAX_OWN_ADDRESSES);
}

function isWithoutIpv6(error: unknown): boolean {
  const errno = error instanceof Error && 'errno' in error ? Math.abs(Number(error.errno)) : 0;
  return errno === constants.errno.EAFNOSUPPORT || errno === constants.errno.EADDRNOTAVAIL;
}
