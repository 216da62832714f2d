import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A status to answer with, or where to cut: before anything, or in the midst of what the request brings. */
export type Fault = number | 'cut' | 'cut_midway' | undefined;

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** From 0, over all requests. */
  readonly index: number;
}

/** Stands before an HTTP server, passes on what comes, and fails as it is told to. */
export class FaultyProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly seen: SeenRequest[] = [];
  /** What goes wrong with a request; asked once for each. */
  fault: (request: SeenRequest) => Fault = () => undefined;
  /** Connections that are open now. */
  open = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => {
      const seen = { method: incoming.method ?? '', url: incoming.url ?? '', index: this.seen.length };
      this.seen.push(seen);
      const fault = this.fault(seen);
      if (fault === 'cut') return void incoming.socket.destroy();
      if (fault === 'cut_midway') return void this.#cutMidway(incoming);
      if (fault !== undefined) {
        incoming.resume().on('end', () => outgoing.writeHead(fault).end());
        return;
      }
      const { hostname, port } = this.#target;
      const { method, url: path, headers } = incoming;
      const passed = request({ hostname, port, method, path, headers, setHost: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      });
      passed.on('error', () => outgoing.destroy());
      outgoing.on('close', () => passed.destroy());
      incoming.pipe(passed);
    });
    this.#server.on('connection', (socket) => {
      this.open += 1;
      socket.on('close', () => {
        this.open -= 1;
      });
    });
  }

  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #cutMidway(incoming: IncomingMessage): void {
    incoming.once('data', () => incoming.socket.destroy());
    incoming.on('error', () => {});
  }
}
