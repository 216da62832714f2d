import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './env.ts';
import { limitDuration } from './request-deadline.ts';

const GRACE_MS = 1_000;
/** Slow senders: how long the head of a request may take. */
const HEADERS_TIMEOUT_MS = 10_000;

export interface HttpServer {
  readonly host: string;
  /** The one it really has, also when 0 was asked for. */
  readonly port: number;
  /** Idempotent. Takes no more requests, gives those under way a moment, and ends the rest, such as event streams. */
  close(): Promise<void>;
}

/** Rejects when the address cannot be had. */
export async function serveHttp(options: { app: Hono<AppEnv>; host: string; port: number }): Promise<HttpServer> {
  const { app, host } = options;
  const server = serverOf(app);
  server.listen(options.port, host);
  await once(server, 'listening');
  return { host, port: (server.address() as AddressInfo).port, close: closerOf(server) };
}

/** On a Unix socket in place of a port. */
export async function serveSocket(options: { app: Hono<AppEnv>; path: string }): Promise<Pick<HttpServer, 'close'>> {
  const server = serverOf(options.app);
  server.listen(options.path);
  await once(server, 'listening');
  return { close: closerOf(server) };
}

function serverOf(app: Hono<AppEnv>): ServerType {
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env as HttpBindings),
    // Some bodies of transcoders have no end, and Node's own limit knows no exception.
    serverOptions: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 },
  });
  server.on('request', (request) => limitDuration(request as IncomingMessage));
  return server;
}

function closerOf(server: ServerType): () => Promise<void> {
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), GRACE_MS);
    await closed;
    clearTimeout(timer);
  }

  return () => {
    closing ??= close();
    return closing;
  };
}
