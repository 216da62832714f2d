import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' };
const FILES = ['index.html', 'whip-whep.js', 'eye.js'];

/** Serves the bare test page from an origin of its own, so that the server's CORS rules are in play too. */
export async function openBareSite(): Promise<{ url: string; close: () => void }> {
  const server: Server = createServer((request, response) => {
    const file = FILES.find((name) => request.url === `/${name}`) ?? 'index.html';
    readFile(join(import.meta.dirname, 'page', file)).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[file.split('.')[1] ?? ''] }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}
