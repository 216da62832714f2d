/** UDP sockets by the system calls themselves (Linux): many datagrams a call, and UDP GSO. */
import { bindOptional, lastErrno } from './library.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
export const EAGAIN = 11;
export const EIO = 5;
export const EINVAL = 22;
export const EMSGSIZE = 90;

const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const POLLOUT = 4;
export const SOCKADDR_SIZE = 28;

type Socket = (domain: number, type: number, protocol: number) => number;
type Bind = (fd: number, address: Uint8Array, length: number) => number;
type SetOption = (fd: number, level: number, name: number, value: Uint8Array, length: number) => number;
type GetName = (fd: number, address: Uint8Array, length: Uint8Array) => number;
type Messages = (fd: number, messages: number, count: number, flags: number) => number;
type ReceiveMessages = (fd: number, messages: number, count: number, flags: number, timeout: number) => number;
type Poll = (descriptors: Uint8Array, count: number, timeoutMs: number) => number;
type Close = (fd: number) => number;

const socket = bindOptional<Socket>('int socket(int domain, int type, int protocol)');
const bindSocket = bindOptional<Bind>('int bind(int fd, const uint8_t *address, uint32 length)');
const setOption = bindOptional<SetOption>(
  'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32 length)',
);
const getName = bindOptional<GetName>('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint8_t *length)');
const poll = bindOptional<Poll>('int poll(_Inout_ uint8_t *descriptors, unsigned long count, int timeoutMs)');
const closeDescriptor = bindOptional<Close>('int close(int fd)');
const sendmmsg = bindOptional<Messages>('int sendmmsg(int fd, uint64 messages, unsigned int count, int flags)');
const recvmmsg = bindOptional<ReceiveMessages>(
  'int recvmmsg(int fd, uint64 messages, unsigned int count, int flags, uint64 timeout)',
);

/** Whether this platform has the calls below. Its layouts are those of 64-bit Linux, so other systems do without. */
export const hasNativeUdp =
  process.platform === 'linux' && [socket, bindSocket, setOption, getName, poll, sendmmsg, recvmmsg].every(Boolean);

export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call} failed with errno ${errno}`);
    this.errno = errno;
  }
}

/**
 * A bound, non-blocking socket; the caller owns the descriptor. `address` is a sockaddr_in or sockaddr_in6. Sharing
 * lets it have one address of a port whose other addresses a sharing socket has.
 */
export function openUdpSocket(family: number, address: Uint8Array, bufferBytes: number, isSharing = false): number {
  const fd = check('socket', socket?.(family, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0));
  try {
    if (isSharing) shareAddress(fd, true);
    if (family === AF_INET6) setInteger(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    // The FORCE forms pass the system's limit where we have the right to; the plain ones go up to it.
    if (setInteger(fd, SOL_SOCKET, SO_SNDBUFFORCE, bufferBytes) < 0) setInteger(fd, SOL_SOCKET, SO_SNDBUF, bufferBytes);
    if (setInteger(fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes) < 0) setInteger(fd, SOL_SOCKET, SO_RCVBUF, bufferBytes);
    check('bind', bindSocket?.(fd, address, address.length));
    return fd;
  } catch (error) {
    closeUdpSocket(fd);
    throw error;
  }
}

/** Whether sockets bound from now on may have part of this one's addresses. */
export function shareAddress(fd: number, isSharing: boolean): void {
  setInteger(fd, SOL_SOCKET, SO_REUSEADDR, isSharing ? 1 : 0);
}

export function closeUdpSocket(fd: number): void {
  closeDescriptor?.(fd);
}

export function setInteger(fd: number, level: number, name: number, value: number): number {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return setOption?.(fd, level, name, bytes, 4) ?? -1;
}

/** Waits until the socket takes more, at most so long. */
export function waitWritable(fd: number, timeoutMs: number): boolean {
  const descriptor = new Uint8Array(8);
  const view = new DataView(descriptor.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLOUT, true);
  return (poll?.(descriptor, 1, timeoutMs) ?? 0) > 0;
}

function check(call: string, result: number | undefined): number {
  if (result === undefined || result < 0) throw new SocketError(call, lastErrno());
  return result;
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

/** The port that the system chose. */
export function localPort(fd: number): number {
  const address = new Uint8Array(SOCKADDR_SIZE);
  const length = Uint8Array.of(SOCKADDR_SIZE, 0, 0, 0);
  check('getsockname', getName?.(fd, address, length));
  return ((address[2] ?? 0) << 8) | (address[3] ?? 0);
}

/** `struct sockaddr_in` or `sockaddr_in6`. */
export function socketAddress(ip: Uint8Array, port: number): Uint8Array {
  const bytes = new Uint8Array(ip.length === 4 ? 16 : SOCKADDR_SIZE);
  bytes[0] = ip.length === 4 ? AF_INET : AF_INET6;
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  bytes.set(ip, ip.length === 4 ? 4 : 8);
  return bytes;
}
