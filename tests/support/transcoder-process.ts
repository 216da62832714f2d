import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

/** `npm run transcoder`, beside a server of the same data folder or on a database of its own. */
export class TranscoderProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves once it takes jobs. */
  static async start(env: Readonly<Record<string, string>>): Promise<TranscoderProcess> {
    const child = spawn(process.execPath, ['transcoder/main.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await until('the transcoder is ready', () => lines.some((line) => line.includes('transcoder ready')));
    return new TranscoderProcess(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
