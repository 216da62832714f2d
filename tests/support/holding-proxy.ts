import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface HoldingProxy {
  readonly url: string;
  close(): void;
}

/** A proxy as some are: it passes an answer on when it has all of it, and takes no long bodies. */
export async function openHoldingProxy(
  target: string,
  { maxBodyBytes }: { maxBodyBytes: number },
): Promise<HoldingProxy> {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (body.length > maxBodyBytes) {
      response.writeHead(413).end();
      return;
    }
    const { method, headers } = request;
    const asked = ask(new URL(request.url ?? '/', target), { ...(method && { method }), headers }).end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const held = await buffer(answer);
    const { 'transfer-encoding': _chunked, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { ...kept, 'content-length': held.length }).end(held);
  }

  // Whoever left while his answer was held needs none.
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
