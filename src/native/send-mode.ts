import { allocateMemory } from './memory.ts';
import { MessageArray } from './message-array.ts';
import { AF_INET, closeSocket, localPort, socketAddress } from './socket.ts';
import { hasNativeUdp, openUdpSocket, receiveMessages, sendMessages } from './udp.ts';

/** How datagrams reach the kernel: many a call and cut there (GSO), many a call, or one by one through Node. */
export type SendMode = 'gso' | 'sendmmsg' | 'dgram';

/** The best mode that really works here: two datagrams are sent to ourselves as one GSO message. */
export function bestSendMode(): SendMode {
  if (!hasNativeUdp) return 'dgram';
  const loopback = Uint8Array.of(127, 0, 0, 1);
  let fd = -1;
  try {
    fd = openUdpSocket(AF_INET, socketAddress(loopback, 0), 65_536);
    const target = allocateMemory(16);
    target.bytes.set(socketAddress(loopback, localPort(fd)));
    const data = allocateMemory(64);
    const messages = new MessageArray(2);
    messages.set(0, target.address, 16, data.address, 4, 2);
    if (sendMessages(fd, messages.address, 1) !== 1) return 'sendmmsg';
    messages.setReceive(0, data.address, 32);
    messages.setReceive(1, data.address + 32, 32);
    const isCut = receiveMessages(fd, messages.address, 2) === 2 && messages.receivedLength(0) === 2;
    return isCut ? 'gso' : 'sendmmsg';
  } catch {
    return 'dgram';
  } finally {
    if (fd >= 0) closeSocket(fd);
  }
}
