import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { adminSocket } from './socket-path.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const PAGE = 100;
const LOOK_AGAIN_MS = 50;
const START_LIMIT_MS = 60_000;
/** Nobody is to come upon it: whatever the system has free, for this machine alone. */
const HIDDEN = { HOST: '127.0.0.1', PORT: '0', MEDIA_PORT: '0', MEDIA_THREADS: '1', LOG_LEVEL: 'error' };

const hello = z.object({ token: z.string(), url: z.string() });
const problem = z.object({ detail: z.string() });

/** The administrator's line to a server on this machine, by the socket in its DATA_DIR. */
export class ServerLink {
  readonly #path: string;
  readonly #child: ChildProcess | undefined;
  readonly #token: string;
  /** Of the site, as links name it. */
  readonly #host: string;

  private constructor(options: { path: string; token: string; host: string; child: ChildProcess | undefined }) {
    this.#path = options.path;
    this.#token = options.token;
    this.#host = options.host;
    this.#child = options.child;
  }

  /** To the server that runs, or to one that is started for the moment. */
  static async open(config: Pick<Config, 'dataDir' | 'http'>): Promise<ServerLink> {
    const running = await ServerLink.toRunning(config);
    if (running) return running;
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...HIDDEN },
    });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const link = await ServerLink.#toStarting(config, child);
    if (link) return link;
    child.kill('SIGTERM');
    throw new Error(`No server runs on ${config.dataDir}, and none could be started:\n${(await said).join('')}`);
  }

  /** `undefined`: no server runs. Throws where one may, and is another user's. */
  static toRunning({ dataDir }: Pick<Config, 'dataDir'>): Promise<ServerLink | undefined> {
    return ServerLink.#to(dataDir);
  }

  static async #to(dataDir: string, started?: { child: ChildProcess; host: string }): Promise<ServerLink | undefined> {
    try {
      // Where the path is too long for a socket, it is a link to a shorter one.
      const path = await realpath(adminSocket(dataDir));
      const response = await exchange(path, { method: 'GET', path: '/admin/token' });
      const { token, url } = hello.parse(JSON.parse(await text(response)));
      return new ServerLink({ path, token, host: started?.host ?? new URL(url).host, child: started?.child });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
      if (code !== 'EACCES') throw error;
      throw new Error(`${dataDir} belongs to another user: run this as the server's.`, { cause: error });
    }
  }

  static async #toStarting(
    { dataDir, http }: Pick<Config, 'dataDir' | 'http'>,
    child: ChildProcess,
  ): Promise<ServerLink | undefined> {
    // Where the server will be that is started after this one; PUBLIC_URL counts for both.
    const host = `localhost:${http.port}`;
    const untilMs = performance.now() + START_LIMIT_MS;
    while (child.exitCode === null && child.signalCode === null && performance.now() < untilMs) {
      const link = await ServerLink.#to(dataDir, { child, host });
      if (link) return link;
      await pause(LOOK_AGAIN_MS);
    }
    return undefined;
  }

  /** What the API answers. Throws its own words where it refuses. */
  async call<T extends z.ZodType>(schema: T, method: string, path: string, body?: unknown): Promise<z.infer<T>> {
    return schema.parse(JSON.parse(await text(await this.send(method, `/api/v1${path}`, body))));
  }

  /** Every item of a list, page after page. */
  async list<T extends z.ZodType>(
    item: T,
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<z.infer<T>[]> {
    const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
    const all: z.infer<T>[] = [];
    const asked = new URLSearchParams({ ...query, limit: String(PAGE) });
    for (;;) {
      const { items, nextCursor } = await this.call(page, 'GET', `${path}?${asked}`);
      all.push(...items);
      if (nextCursor === null) return all;
      asked.set('cursor', nextCursor);
    }
  }

  /** What is told and done here alone. */
  async ask<T extends z.ZodType>(
    schema: T,
    method: string,
    path: `/admin/${string}`,
    body?: unknown,
  ): Promise<z.infer<T>> {
    return schema.parse(JSON.parse(await text(await this.send(method, path, body))));
  }

  /** Throws unless it is answered well. */
  async send(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${this.#token}`, host: this.#host };
    const response = await exchange(this.#path, { method, path, headers }, body);
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return response;
    const refused = problem.safeParse(JSON.parse((await text(response)) || '{}'));
    throw new Error(refused.data?.detail ?? `The server answered ${statusCode}.`);
  }

  /** A server that was started for this alone ends with it. */
  async close(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
}

function exchange(socketPath: string, asked: Exchange, body?: unknown): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const type = content !== undefined && { 'content-type': 'application/json' };
  const headers = { host: 'localhost', ...asked.headers, ...type };
  return new Promise((resolve, reject) => {
    request({ socketPath, ...asked, headers }, resolve)
      .on('error', reject)
      .end(content);
  });
}
