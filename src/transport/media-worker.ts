import { Worker } from 'node:worker_threads';
import type { MediaEvent } from '../streams/ports.ts';
import type { Command, CommandMessage, ThreadMessage, ThreadOptions } from './messages.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of one media thread. */
export class MediaWorker {
  readonly port: number;
  readonly hasIpv6: boolean;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;

  private constructor(
    worker: Worker,
    ready: { port: number; hasIpv6: boolean },
    listeners: { onEvent: (event: MediaEvent) => void; onDeath: (error: Error) => void },
  ) {
    this.port = ready.port;
    this.hasIpv6 = ready.hasIpv6;
    this.#worker = worker;
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'event') listeners.onEvent(message.event);
      else if (message.type === 'done') this.#settle(message.number, message.error);
    });
    let cause: Error | undefined;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      const error = cause ?? new Error(`The media thread ended with code ${code}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      listeners.onDeath(error);
    });
  }

  /** Rejects when the thread can not start, for instance because its port is taken. `onDeath` follows every start, also a wanted end. */
  static async start(
    options: ThreadOptions,
    listeners: { onEvent: (event: MediaEvent) => void; onDeath: (error: Error) => void },
  ): Promise<MediaWorker> {
    const worker = new Worker(new URL('./media-thread.ts', import.meta.url), { workerData: options });
    const ready = await new Promise<{ port: number; hasIpv6: boolean }>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The media thread ended with code ${code}`)));
      worker.once('message', (message: ThreadMessage) => {
        if (message.type === 'ready') resolve(message);
      });
    });
    worker.removeAllListeners();
    return new MediaWorker(worker, ready, listeners);
  }

  /** Resolves when the thread has done it. */
  command(command: Command): Promise<void> {
    this.#number += 1;
    const message: CommandMessage = { number: this.#number, command };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.number, { resolve, reject });
      this.#worker.postMessage(message);
    });
  }

  #settle(number: number, error: string | undefined): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(new Error(error));
  }
}
