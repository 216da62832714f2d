/** TCP sockets with what Node can not set: how much the kernel may hold of what was written (Linux). */
import { openBoundSocket, SO_REUSEADDR, SO_SNDBUF, SOCK_STREAM, SOL_SOCKET, setInteger } from './socket.ts';

const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_NOTSENT_LOWAT = 25;

/**
 * A bound socket, to be listened on; the caller owns the descriptor. What it accepts inherits the bounds: at most about
 * `sendBytes` on their way, and of these `unsentBytes` not yet on the wire.
 */
export function openTcpSocket(
  family: number,
  address: Uint8Array,
  { sendBytes, unsentBytes }: { sendBytes: number; unsentBytes: number },
): number {
  return openBoundSocket(SOCK_STREAM, family, address, (fd) => {
    // Connections of a server that has just ended are still remembered under the same port.
    setInteger(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    setInteger(fd, SOL_SOCKET, SO_SNDBUF, sendBytes);
    setInteger(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    setInteger(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsentBytes);
  });
}
