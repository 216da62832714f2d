import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../log.ts';
import type { Unprivileged } from './unprivileged.ts';

/** How many of its last lines are kept, to explain a failure with. */
const KEPT_LINES = 12;

/** What is tried in turn to stop a server, and how long each may take. */
export const STOPS = [
  { signal: 'SIGINT', waitMs: 5_000 }, // it disconnects its clients and stops cleanly
  { signal: 'SIGQUIT', waitMs: 2_000 }, // it stops at once; the next start recovers
  { signal: 'SIGKILL', waitMs: 2_000 },
] as const;

/** One run of a program of PostgreSQL. */
export class PostgresProcess {
  /** Resolves with why, once it has ended. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #mustBeNobody: boolean;
  #onLine: (line: string) => void = () => {};
  #hasExited = false;

  constructor(options: { program: string; args: readonly string[]; unprivileged: Unprivileged; log: Log }) {
    const { program, args, unprivileged, log } = options;
    this.#mustBeNobody = unprivileged.user !== undefined;
    const [command = program, ...rest] = [...unprivileged.prefix, program, ...args];
    this.#child = spawn(command, rest, {
      // Nothing of our own environment: it holds secrets.
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // A session of its own: Ctrl-C at a terminal is for the server, which stops its database last.
      detached: true,
      ...unprivileged.user,
    });
    this.exited = new Promise((resolve) => {
      const exit = (reason: string) => {
        this.#hasExited = true;
        resolve(reason);
      };
      this.#child.once('error', (error) => exit(error.message));
      this.#child.once('close', (code, signal) => exit(signal ?? `exit code ${code}`));
    });
    if (this.#child.stderr === null) return;
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      log.debug({ line }, 'PostgreSQL said something');
      this.#lastLines.push(line);
      if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift();
      this.#onLine(line);
    });
  }

  /** Whether it said this before it ended or `limitMs` was over. */
  async says(words: string, limitMs: number): Promise<boolean> {
    const said = new Promise<true>((resolve) => {
      this.#onLine = (line) => line.includes(words) && resolve(true);
    });
    return await within(limitMs, Promise.race([said, this.exited.then(() => false)]));
  }

  /** Why it failed, in its own last words. */
  failure(what: string, reason: string): Error {
    const hint = 'run Freshet as an ordinary user, or set DATABASE_URL: as root it must run PostgreSQL as nobody here';
    const lines = this.#mustBeNobody ? [...this.#lastLines, hint] : this.#lastLines;
    return new Error([`${what}: ${reason}`, ...lines].join('\n  '));
  }

  /** Idempotent. Resolves once it has ended. */
  async stop(): Promise<void> {
    for (const { signal, waitMs } of STOPS) {
      if (this.#hasExited) return;
      this.#child.kill(signal);
      await within(
        waitMs,
        this.exited.then(() => true),
      );
    }
  }
}

/** What it resolves with, or false when that takes longer. */
async function within(limitMs: number, outcome: Promise<boolean>): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  return await Promise.race([outcome, tooLate]).finally(() => clearTimeout(timer));
}
