/** UDP sockets by the system calls themselves (Linux): many datagrams a call, and UDP GSO. */
import { bindOptional, lastErrno } from './library.ts';
import {
  hasNativeSockets,
  openBoundSocket,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_REUSEADDR,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_DGRAM,
  SOL_SOCKET,
  setInteger,
} from './socket.ts';

export const EAGAIN = 11;
export const EIO = 5;
export const EINVAL = 22;
export const EMSGSIZE = 90;

const POLLOUT = 4;

type Messages = (fd: number, messages: number, count: number, flags: number) => number;
type ReceiveMessages = (fd: number, messages: number, count: number, flags: number, timeout: number) => number;
type Poll = (descriptors: Uint8Array, count: number, timeoutMs: number) => number;

const poll = bindOptional<Poll>('int poll(_Inout_ uint8_t *descriptors, unsigned long count, int timeoutMs)');
const sendmmsg = bindOptional<Messages>('int sendmmsg(int fd, uint64 messages, unsigned int count, int flags)');
const recvmmsg = bindOptional<ReceiveMessages>(
  'int recvmmsg(int fd, uint64 messages, unsigned int count, int flags, uint64 timeout)',
);

/** Whether this platform has the calls below. */
export const hasNativeUdp = hasNativeSockets && [poll, sendmmsg, recvmmsg].every(Boolean);

/**
 * A bound, non-blocking socket; the caller owns the descriptor. `address` is a sockaddr_in or sockaddr_in6. Sharing
 * lets it have one address of a port whose other addresses a sharing socket has.
 */
export function openUdpSocket(family: number, address: Uint8Array, bufferBytes: number, isSharing = false): number {
  return openBoundSocket(SOCK_DGRAM, family, address, (fd) => {
    if (isSharing) shareAddress(fd, true);
    // The FORCE forms pass the system's limit where we have the right to; the plain ones go up to it.
    if (setInteger(fd, SOL_SOCKET, SO_SNDBUFFORCE, bufferBytes) < 0) setInteger(fd, SOL_SOCKET, SO_SNDBUF, bufferBytes);
    if (setInteger(fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes) < 0) setInteger(fd, SOL_SOCKET, SO_RCVBUF, bufferBytes);
  });
}

/** Whether sockets bound from now on may have part of this one's addresses. */
export function shareAddress(fd: number, isSharing: boolean): void {
  setInteger(fd, SOL_SOCKET, SO_REUSEADDR, isSharing ? 1 : 0);
}

/** Waits until the socket takes more, at most so long. */
export function waitWritable(fd: number, timeoutMs: number): boolean {
  const descriptor = new Uint8Array(8);
  const view = new DataView(descriptor.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLOUT, true);
  return (poll?.(descriptor, 1, timeoutMs) ?? 0) > 0;
}

/** How many messages were sent from the front of the array, or -errno when not even the first. */
export function sendMessages(fd: number, messages: number, count: number): number {
  const sent = sendmmsg?.(fd, messages, count, 0) ?? -1;
  return sent < 0 ? -lastErrno() : sent;
}

/** How many messages were received, 0 when none waits. */
export function receiveMessages(fd: number, messages: number, count: number): number {
  const received = recvmmsg?.(fd, messages, count, 0, 0) ?? -1;
  return received < 0 ? 0 : received;
}
