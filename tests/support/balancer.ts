import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Another server, which points every POST to `target` by 307 and has no sessions itself. */
export async function openBalancer(target: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const status = request.method === 'POST' ? 307 : 404;
    request.resume().on('end', () => response.writeHead(status, { location: target, 'content-length': 0 }).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/whip`, close: () => server.close() };
}
