import { Worker } from 'node:worker_threads';
import type { RecordingCommand, RecordingReport, RecordingThreadOptions } from './messages.ts';
import type { RecordingThread } from './ports.ts';

const RESTART_MS = 1_000;
const CLOSE_MS = 5_000;

export interface RecordingThreadListener {
  report(report: RecordingReport): void;
  /** Whatever it was writing ends where it is. It is started again. */
  died(error: Error): void;
}

/** The main thread's end of the recording thread, which is started when it is first needed. */
export class RecordingThreadLink implements RecordingThread {
  readonly #options: RecordingThreadOptions;
  #listener: RecordingThreadListener = { report: () => {}, died: () => {} };
  #worker: Worker | undefined;
  #startedMs = Number.NEGATIVE_INFINITY;
  #isClosing = false;

  constructor(options: RecordingThreadOptions) {
    this.#options = options;
  }

  /** The one listener; set before anything is told. */
  listen(listener: RecordingThreadListener): void {
    this.#listener = listener;
  }

  /** False where the thread died a moment ago: what dies at once is not started over and over. */
  tell(command: Exclude<RecordingCommand, { type: 'close' }>): boolean {
    if (this.#isClosing) return false;
    if (!this.#worker && performance.now() - this.#startedMs < RESTART_MS) return false;
    this.#worker ??= this.#start();
    this.#worker.postMessage(command);
    return true;
  }

  /** All that was recorded is whole on disk then, or as good as a crash leaves it. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ type: 'close' } satisfies RecordingCommand);
    const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(): Worker {
    this.#startedMs = performance.now();
    const worker = new Worker(new URL('../recording-thread.ts', import.meta.url), { workerData: this.#options });
    let death: Error | undefined;
    worker.on('message', (report: RecordingReport) => this.#listener.report(report));
    worker.on('error', (error) => {
      death = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => {
      this.#worker = undefined;
      if (!this.#isClosing) this.#listener.died(death ?? new Error(`The recording thread ended with code ${code}`));
    });
    return worker;
  }
}
