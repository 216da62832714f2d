import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedHook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HookAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody's server that takes webhooks, on loopback. */
export class HookReceiver {
  readonly received: ReceivedHook[] = [];
  /** `undefined`: no answer at all. */
  answer: (hook: ReceivedHook) => HookAnswer | undefined = () => ({ status: 204 });
  onConnection: (socket: Socket) => void = () => {};
  #server: Server | undefined;
  #port = 0;

  static async start(): Promise<HookReceiver> {
    const receiver = new HookReceiver();
    await receiver.listen();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** The first time on a port of the system's choice, later on the same. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const hook = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
        this.received.push(hook);
        const answer = this.answer(hook);
        if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    server.on('connection', (socket) => this.onConnection(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Nobody listens on its port from now on. */
  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    this.#server = undefined;
  }

  of(type: string): readonly ReceivedHook[] {
    return this.received.filter(({ body }) => (JSON.parse(body) as { type: string }).type === type);
  }
}
