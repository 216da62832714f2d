/** Sockets by the system calls themselves (Linux): opened with options that Node does not set, and bound. */
import { bindOptional, lastErrno } from './library.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SOCKADDR_SIZE = 28;

const NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

type Socket = (domain: number, type: number, protocol: number) => number;
type Bind = (fd: number, address: Uint8Array, length: number) => number;
type SetOption = (fd: number, level: number, name: number, value: Uint8Array, length: number) => number;
type GetName = (fd: number, address: Uint8Array, length: Uint8Array) => number;
type Close = (fd: number) => number;

const socket = bindOptional<Socket>('int socket(int domain, int type, int protocol)');
const bindSocket = bindOptional<Bind>('int bind(int fd, const uint8_t *address, uint32 length)');
const setOption = bindOptional<SetOption>(
  'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32 length)',
);
const getName = bindOptional<GetName>('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint8_t *length)');
const closeDescriptor = bindOptional<Close>('int close(int fd)');

/** Whether this platform has the calls below. The layouts are those of 64-bit Linux, so other systems do without. */
export const hasNativeSockets = process.platform === 'linux' && [socket, bindSocket, setOption, getName].every(Boolean);

export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call} failed with errno ${errno}`);
    this.errno = errno;
  }
}

/**
 * A bound, non-blocking socket; the caller owns the descriptor. `address` is a sockaddr_in or sockaddr_in6; one of IPv6
 * takes no IPv4. `prepare` sets what must be set before it is bound.
 */
export function openBoundSocket(
  type: number,
  family: number,
  address: Uint8Array,
  prepare: (fd: number) => void,
): number {
  const fd = check('socket', socket?.(family, type | NONBLOCK_CLOEXEC, 0));
  try {
    if (family === AF_INET6) setInteger(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    prepare(fd);
    check('bind', bindSocket?.(fd, address, address.length));
    return fd;
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
}

export function closeSocket(fd: number): void {
  closeDescriptor?.(fd);
}

export function setInteger(fd: number, level: number, name: number, value: number): number {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return setOption?.(fd, level, name, bytes, 4) ?? -1;
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

function check(call: string, result: number | undefined): number {
  if (result === undefined || result < 0) throw new SocketError(call, lastErrno());
  return result;
}
