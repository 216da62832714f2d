import { Worker } from 'node:worker_threads';
import type { FeedCommand, FeedReport, FeedThreadOptions } from './feed-messages.ts';

export interface FeedThreadListener {
  report(report: FeedReport): void;
  /** All feeds are over. It is started again when the next one is asked for. */
  died(error: Error): void;
}

/** The thread that makes the feeds. */
export interface FeedThread {
  listen(listener: FeedThreadListener): void;
  tell(command: FeedCommand): void;
  close(): Promise<void>;
}

/** The main thread's end of it; it is started when it is first needed. */
export class FeedThreadLink implements FeedThread {
  readonly #options: FeedThreadOptions;
  #listener: FeedThreadListener = { report: () => {}, died: () => {} };
  #worker: Worker | undefined;
  #isClosing = false;

  constructor(options: FeedThreadOptions) {
    this.#options = options;
  }

  /** The one listener; set before anything is told. */
  listen(listener: FeedThreadListener): void {
    this.#listener = listener;
  }

  tell(command: FeedCommand): void {
    if (this.#isClosing) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(command);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('../feed-thread.ts', import.meta.url), { workerData: this.#options });
    let death: Error | undefined;
    worker.on('message', (report: FeedReport) => this.#listener.report(report));
    worker.on('error', (error) => {
      death = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => {
      this.#worker = undefined;
      if (!this.#isClosing) this.#listener.died(death ?? new Error(`The feed thread ended with code ${code}`));
    });
    return worker;
  }
}
