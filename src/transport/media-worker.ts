import { Worker } from 'node:worker_threads';
import type { MediaEvent } from '../streams/ports.ts';
import type {
  Command,
  CommandMessage,
  Drops,
  KeyframeWish,
  Reply,
  ReplyTo,
  ThreadMessage,
  ThreadOptions,
} from './messages.ts';

const CLOSE_MS = 1000;

interface Waiting {
  readonly resolve: (reply: Reply | undefined) => void;
  readonly reject: (error: Error) => void;
}

interface Listeners {
  readonly onEvent: (event: MediaEvent) => void;
  /** A bug that has cost a session. */
  readonly onProblem: (error: unknown) => void;
  readonly onDrops: (drops: Drops) => void;
  readonly onKeyframeWanted: (wish: KeyframeWish) => void;
  /** Follows every start, also when the end was wanted. */
  readonly onDeath: (error: Error) => void;
}

/** The main thread's end of one media thread. */
export class MediaWorker {
  readonly #worker: Worker;
  readonly #listeners: Listeners;
  readonly #waiting = new Map<number, Waiting>();
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #number = 0;
  #port = 0;
  #hasIpv6 = false;
  #death: Error | undefined;

  private constructor(options: ThreadOptions, listeners: Listeners) {
    this.#listeners = listeners;
    this.#worker = new Worker(new URL('./media-thread.ts', import.meta.url), { workerData: options });
    this.#worker.on('message', (message: ThreadMessage) => this.#onMessage(message));
    this.#worker.on('error', (error) => {
      this.#death = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on('exit', (code) => this.#onExit(code));
  }

  /** Rejects when the thread can not start, for instance because its port is taken. */
  static async start(options: ThreadOptions, listeners: Listeners): Promise<MediaWorker> {
    const worker = new MediaWorker(options, listeners);
    await worker.#started.promise;
    return worker;
  }

  get port(): number {
    return this.#port;
  }

  get hasIpv6(): boolean {
    return this.#hasIpv6;
  }

  /** Resolves when the thread has done it; rejects when it can not, or dies. */
  async command<C extends Command>(command: C): Promise<ReplyTo<C>> {
    this.#number += 1;
    const message: CommandMessage = { number: this.#number, command };
    const { promise, resolve, reject } = Promise.withResolvers<Reply | undefined>();
    this.#waiting.set(message.number, { resolve, reject });
    this.#worker.postMessage(message);
    // The thread answers each command with its own kind of reply.
    return (await promise) as ReplyTo<C>;
  }

  /** Says goodbye to every peer; resolves when the thread is gone and its port free. */
  async close(): Promise<void> {
    this.command({ type: 'close' }).catch(() => {});
    const timer = setTimeout(() => this.terminate(), CLOSE_MS);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  /** As a crash ends it. */
  terminate(): void {
    void this.#worker.terminate();
  }

  #onMessage(message: ThreadMessage): void {
    if (message.type === 'event') this.#listeners.onEvent(message.event);
    else if (message.type === 'keyframe_wanted') this.#listeners.onKeyframeWanted(message.wish);
    else if (message.type === 'drops') this.#listeners.onDrops(message.drops);
    else if (message.type === 'problem') this.#listeners.onProblem(message.error);
    else if (message.type === 'done') this.#settle(message);
    else this.#onReady(message.port, message.hasIpv6);
  }

  #onReady(port: number, hasIpv6: boolean): void {
    this.#port = port;
    this.#hasIpv6 = hasIpv6;
    this.#started.resolve();
  }

  #onExit(code: number): void {
    const error = this.#death ?? new Error(`The media thread ended with code ${code}`);
    this.#started.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#ended.resolve();
    if (this.#port !== 0) this.#listeners.onDeath(error);
  }

  #settle({ number, reply, error }: Extract<ThreadMessage, { type: 'done' }>): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (error === undefined) waiting?.resolve(reply);
    else waiting?.reject(new Error(error));
  }
}
