import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** The system's code where the port cannot be had; `undefined` where it can. */
export function whyClosed(protocol: 'TCP' | 'UDP', port: number, host: string): Promise<string | undefined> {
  return protocol === 'TCP' ? whyTcpClosed(port, host) : whyUdpClosed(port, host);
}

async function whyTcpClosed(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  const code = await codeUnless(once(server, 'listening'));
  server.close();
  return code;
}

async function whyUdpClosed(port: number, host: string): Promise<string | undefined> {
  const socket = createSocket('udp4');
  socket.bind({ port, address: host, exclusive: true });
  const code = await codeUnless(once(socket, 'listening'));
  socket.close();
  return code;
}

/** `once` rejects with the error that comes instead. */
async function codeUnless(listening: Promise<unknown>): Promise<string | undefined> {
  try {
    await listening;
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
