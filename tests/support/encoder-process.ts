import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterTest } from './after-test.ts';

/** A publisher that is a program of its own. */
export class EncoderProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#exited = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => this.#keep(line));
    }
    afterTest(() => this.#child.kill('SIGKILL'));
  }

  /** What it said, for the message of a failed test. */
  get output(): string {
    return this.#output;
  }

  /** As Ctrl-C in its terminal; its exit code, or `null` where it crashed. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#exited;
    return this.#child.exitCode;
  }

  /** As a crash ends it: nobody is told. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#exited;
  }

  #keep(line: string): void {
    this.#output += `${line}\n`;
  }
}
