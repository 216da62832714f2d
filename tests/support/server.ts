import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { descendants, isRunning } from './processes.ts';
import { until } from './until.ts';

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly url?: string;
  readonly ports?: readonly number[];
}

export interface ServerOptions {
  /** An existing data folder, which then outlives the server; a new one otherwise. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real server as a child process, on ports of its own. */
export class Server {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #ownsData: boolean;
  readonly #lines: LogLine[] = [];
  /** What it printed that is not JSON: a crash, a warning of Node. */
  #noise = '';
  readonly dataDir: string;

  private constructor(options: ServerOptions) {
    this.#ownsData = options.dataDir === undefined;
    this.dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'freshet-test-'));
    this.#child = spawn(process.execPath, ['src/main.ts'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: '0',
        MEDIA_PORT: '0',
        MEDIA_THREADS: '1',
        ANNOUNCED_ADDRESS: '127.0.0.1',
        TRANSCODERS: '0',
        DATA_DIR: this.dataDir,
        ...options.env,
      },
    });
    this.#exited = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => this.#keep(line));
    }
  }

  /** Resolves once the server answers and is ready. */
  static async start(options: ServerOptions = {}): Promise<Server> {
    const server = new Server(options);
    try {
      await Promise.race([server.#isReady(), server.#exited.then(() => Promise.reject(new Error('it ended')))]);
    } catch (cause) {
      await server.kill9();
      throw new Error(`The server did not start. It said:\n${server.output()}`, { cause });
    }
    return server;
  }

  /** The site's address, without a slash at the end. */
  get url(): string {
    const url = this.#announced('listening');
    if (url === undefined) throw new Error(`the server does not listen:\n${this.output()}`);
    return url;
  }

  /** Of each media thread. */
  get mediaPorts(): readonly number[] {
    return this.#lines.findLast(({ msg }) => msg === 'media threads started')?.ports ?? [];
  }

  /** Of the first media thread. */
  get mediaPort(): number {
    const [port] = this.mediaPorts;
    if (port === undefined) throw new Error(`no media port was said:\n${this.output()}`);
    return port;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The one-time link of a first run. */
  get setupUrl(): string {
    const url = this.#announced('set-up link');
    if (url === undefined) throw new Error(`no set-up link was printed:\n${this.output()}`);
    return url;
  }

  get log(): readonly LogLine[] {
    return this.#lines;
  }

  /** All it printed, for the message of a failed test. */
  output(): string {
    return [...this.#lines.map((line) => JSON.stringify(line)), this.#noise].join('\n');
  }

  /** Asks it to end, as an operator would; its exit code. Removes its data unless that was given. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
    await this.#exited;
    if (this.#ownsData) rmSync(this.dataDir, { recursive: true, force: true });
    return this.#child.exitCode;
  }

  /** The power cut: server and database end at once, with no chance to tidy up. */
  async kill9(): Promise<void> {
    const all = [this.pid, ...descendants(this.pid)];
    for (const pid of all) tryKill(pid);
    await this.#exited;
    await until('every process of the server is gone', () => !all.some(isRunning));
  }

  async #isReady(): Promise<void> {
    await until('the server listens', () => this.#announced('listening'), { timeoutMs: 60_000 });
    await until('the server is ready', async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  #announced(message: string): string | undefined {
    return this.#lines.findLast((line) => line.msg === message)?.url?.replace(/\/$/, '');
  }

  #keep(line: string): void {
    try {
      this.#lines.push(JSON.parse(line) as LogLine);
    } catch {
      this.#noise += `${line}\n`;
    }
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}
