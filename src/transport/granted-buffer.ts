import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { AF_INET, socketAddress } from '../native/socket.ts';
import { hasNativeUdp, openUdpSocket } from '../native/udp.ts';
import { BUFFER_BYTES } from './udp-socket.ts';

/** What the system grants of the send buffer that every media port asks for; `undefined` where it can not be asked. */
export async function grantedSendBuffer(): Promise<{ grantedBytes: number; wantedBytes: number } | undefined> {
  if (!hasNativeUdp) return undefined;
  const socket = createSocket('udp4');
  try {
    const listening = once(socket, 'listening');
    socket.bind({ fd: openUdpSocket(AF_INET, socketAddress(Uint8Array.of(127, 0, 0, 1), 0), BUFFER_BYTES) });
    await listening;
    // socket(7): the kernel doubles what is asked for, to have room for its own accounts, and tells that.
    return { grantedBytes: socket.getSendBufferSize() / 2, wantedBytes: BUFFER_BYTES };
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
