import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** A function as V8 names it; native ones have no `url`. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

/** What ran at each of many moments, microseconds apart: V8's own form. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly message?: string };
  readonly result?: { readonly usedSize?: number; readonly profile?: CpuProfile };
}

const SAMPLE_US = 200;

/** Asks a Node that was started with `--inspect` for the heaps of all its threads, and for what one of them does. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #workers: string[] = [];
  readonly #waiting = new Map<string, (message: Message) => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
  }

  static async connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const inspector = new Inspector(socket);
    // Its answer comes after all `attachedToWorker`.
    await inspector.#ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return inspector;
  }

  /** Bytes in use after a collection, of the main thread and its workers together. */
  async heapBytes(): Promise<number> {
    const sizes = await Promise.all([undefined, ...this.#workers].map((worker) => this.#heapOf(worker)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async profile(thread: 'main' | 'media', seconds: number): Promise<CpuProfile> {
    const worker = thread === 'main' ? undefined : this.#workers[0];
    await this.#ask('Profiler.enable', {}, worker);
    await this.#ask('Profiler.setSamplingInterval', { interval: SAMPLE_US }, worker);
    await this.#ask('Profiler.start', {}, worker);
    await pause(seconds * 1000);
    const { result } = await this.#ask('Profiler.stop', {}, worker);
    if (!result?.profile) throw new Error('no profile came');
    return result.profile;
  }

  close(): void {
    this.#socket.close();
  }

  async #heapOf(worker: string | undefined): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage', {}, worker);
    return (await this.#ask('Runtime.getHeapUsage', {}, worker)).result?.usedSize ?? 0;
  }

  #ask(method: string, params: object, worker?: string): Promise<Message> {
    this.#id += 1;
    const id = this.#id;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(`${worker ?? ''}:${id}`, resolve);
    const message = JSON.stringify({ id, method, params });
    if (worker === undefined) this.#socket.send(message);
    else void this.#ask('NodeWorker.sendMessageToWorker', { sessionId: worker, message });
    return promise;
  }

  #receive({ id, method, params, result }: Message): void {
    const { sessionId, message } = params ?? {};
    if (method === 'NodeWorker.attachedToWorker' && sessionId !== undefined) this.#workers.push(sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker' && sessionId !== undefined && message !== undefined) {
      const inner = JSON.parse(message) as Message;
      this.#settle(`${sessionId}:${inner.id}`, inner);
    }
    if (id !== undefined) this.#settle(`:${id}`, { id, ...(result && { result }) });
  }

  #settle(key: string, message: Message): void {
    this.#waiting.get(key)?.(message);
    this.#waiting.delete(key);
  }
}
