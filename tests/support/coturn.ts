import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { findTool, type Tool } from './tools.ts';
import { until } from './until.ts';

/** Not among the tools that `npm test` installs: Debian's package starts a relay of its own. */
const coturn: Tool = {
  name: 'coturn',
  variable: 'TURNSERVER_PATH',
  programs: ['turnserver'],
  debian: ['coturn'],
};

const COMPOSE = join(import.meta.dirname, '../../compose.yaml');
const service = z.object({ entrypoint: z.array(z.string()), command: z.array(z.string()) });
const compose = z.object({ services: z.object({ turn: service }) });

/** The relay of compose.yaml as a process of this machine, at another port. */
export class Coturn {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  private constructor(port: number, env: Readonly<Record<string, string>>) {
    this.port = port;
    const { entrypoint, command } = compose.parse(parse(readFileSync(COMPOSE, 'utf8'))).services.turn;
    const options = command.map((option) => option.replace('=3478', `=${port}`));
    // What compose itself would do with two dollars.
    const [program = '', ...words] = [...entrypoint, ...options].map((word) => word.replaceAll('$$', '$'));
    this.#child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    this.#exited = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  /** Resolves once it listens. Rejects with what it said where it ends before. */
  static async start(env: Readonly<Record<string, string>>): Promise<Coturn> {
    const relay = new Coturn(await freePort(), env);
    await until('coturn listens', async () => {
      if (relay.#child.exitCode !== null) return true;
      return isListening(relay.port, env['TURN_ADDRESS'] ?? '');
    });
    if (relay.#child.exitCode !== null) throw new Error(`coturn ended: ${relay.#output}`);
    return relay;
  }

  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}

export const hasCoturn = findTool(coturn) !== undefined;

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isListening(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host });
  return new Promise((resolve) => {
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
