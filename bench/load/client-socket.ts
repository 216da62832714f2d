import { bindOptional } from '../../src/native/library.ts';
import { AF_INET, closeSocket, localPort, setInteger, socketAddress } from '../../src/native/socket.ts';
import { openUdpSocket } from '../../src/native/udp.ts';
import { SO_TIMESTAMPNS, SOL_SOCKET, SOL_UDP, UDP_GRO } from './receive-array.ts';

const BUFFER_BYTES = 8 * 1024 * 1024;

type SendTo = (
  fd: number,
  data: Uint8Array,
  length: number,
  flags: number,
  address: Uint8Array,
  addressLength: number,
) => number;
const sendTo = bindOptional<SendTo>(
  'long sendto(int fd, const uint8_t *data, size_t length, int flags, const uint8_t *address, uint32 addressLength)',
);

/** A client's own UDP socket: an address and port that nobody else has. */
export class ClientSocket {
  readonly fd: number;
  readonly port: number;
  #target: Uint8Array | undefined;

  constructor() {
    this.fd = openUdpSocket(AF_INET, socketAddress(new Uint8Array(4), 0), BUFFER_BYTES);
    this.port = localPort(this.fd);
  }

  /** The kernel notes when each datagram came. */
  stampArrivals(): void {
    setInteger(this.fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  }

  /** The kernel hands over what it was given as one GSO message as one. */
  takeRuns(): void {
    setInteger(this.fd, SOL_UDP, UDP_GRO, 1);
  }

  sendTo(address: string, port: number): void {
    this.#target = socketAddress(Uint8Array.from(address.split('.'), Number), port);
  }

  send(datagrams: readonly Uint8Array[]): void {
    if (!this.#target) return;
    for (const datagram of datagrams)
      sendTo?.(this.fd, datagram, datagram.length, 0, this.#target, this.#target.length);
  }

  close(): void {
    closeSocket(this.fd);
  }
}
