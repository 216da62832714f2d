import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { FrameReader } from '../../src/transport/frame-reader.ts';

const LOOPBACK = '127.0.0.1';

/** A client's way to a port of this machine. */
export interface ClientWire {
  /** Its own end. */
  readonly port: number;
  /** Whether the other end has closed it. */
  readonly isClosed: boolean;
  send(packet: Uint8Array, done?: () => void): void;
  /** Reads nothing from now on, as a client whose network stands still. */
  pause(): void;
  resume(): void;
  close(): void;
}

export async function udpWire(serverPort: number, receive: (packet: Buffer) => void): Promise<ClientWire> {
  const socket = createSocket('udp4');
  let isOpen = true;
  socket.on('message', (datagram) => isOpen && receive(datagram));
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    isClosed: false,
    send: (packet, done) => isOpen && socket.send(packet, serverPort, LOOPBACK, done),
    pause: () => {},
    resume: () => {},
    close: () => {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}

export async function tcpWire(serverPort: number, receive: (packet: Buffer) => void): Promise<ClientWire> {
  const socket = connect({ port: serverPort, host: LOOPBACK, noDelay: true });
  const frames = new FrameReader({ maxBytes: 65_535 });
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    frames.add(chunk);
    for (let packet = frames.next(); packet; packet = frames.next()) receive(Buffer.from(packet));
  });
  return {
    port: socket.localPort ?? 0,
    get isClosed() {
      return socket.destroyed;
    },
    send: (packet, done) => {
      const prefix = Buffer.from([packet.length >> 8, packet.length & 0xff]);
      if (!socket.destroyed) socket.write(Buffer.concat([prefix, packet]), () => done?.());
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.destroy(),
  };
}
