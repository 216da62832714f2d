import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a child process can be asked to do: one argument, a promised result, both of plain data. */
// biome-ignore lint/suspicious/noExplicitAny: any argument that structured clone takes.
export type Methods = Record<string, (argument: any) => unknown>;

interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** In the child: answers its parent, and ends when the parent does. */
export function serveParent(methods: Methods): void {
  process.on('message', (request: Request) => {
    const method = methods[request.method];
    Promise.resolve(request.argument)
      .then((argument) => method?.(argument))
      .then(
        (result) => process.send?.({ id: request.id, result } satisfies Reply),
        (error) => process.send?.({ id: request.id, error: String(error?.stack ?? error) } satisfies Reply),
      );
  });
  process.on('disconnect', () => process.exit(0));
  // What came before anybody listened would be lost.
  process.send?.('ready');
}

/** A process of the bench's own, so that its work is never on the same event loop as another's. */
export class Child<M extends Methods> {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #ready: Promise<void>;
  #id = 0;

  constructor(file: string) {
    this.#process = fork(file, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#ready = new Promise((resolve) => {
      this.#process.on('message', (message: Reply | 'ready') => {
        if (message === 'ready') resolve();
        else this.#settle(message);
      });
    });
    this.#process.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended`));
      this.#waiting.clear();
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async call<K extends keyof M & string>(method: K, argument: Parameters<M[K]>[0]): Promise<Awaited<ReturnType<M[K]>>> {
    await this.#ready;
    this.#id += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#id, { resolve, reject });
    this.#process.send({ id: this.#id, method, argument } satisfies Request);
    return promise as Promise<Awaited<ReturnType<M[K]>>>;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }

  #settle({ id, result, error }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }
}
