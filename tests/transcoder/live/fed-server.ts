import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IvfReader } from '../../../src/media/ivf.ts';

interface FedLayer {
  readonly name: string;
  /** Times of the pictures that came, as the stream has them. */
  readonly times: number[];
}

interface FedServerOptions {
  readonly token: string;
  /** As ffmpeg makes pictures and sound, for each feed in turn; after the last one the stream is over. */
  readonly feeds: readonly (readonly string[])[];
}

/** What a transcoder sees of a server: a live stream in real time, taken from ffmpeg, and places for layers. */
export class FedServer {
  readonly layers: FedLayer[] = [];
  readonly #server: Server;
  readonly #encoders: ChildProcess[] = [];

  private constructor({ token, feeds }: FedServerOptions) {
    const left = [...feeds];
    this.#server = createServer((request, response) => {
      const { url = '', headers } = request;
      if (url === '/time') return response.end(new Date().toISOString());
      if (headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
      const layer = /\/layers\/(\w+)$/.exec(url)?.[1];
      if (layer !== undefined) return this.#read(layer, request);
      const next = left.shift();
      if (!next) return response.writeHead(404).end();
      const encoder = spawn('ffmpeg', ['-v', 'error', ...next, '-f', 'matroska', '-flush_packets', '1', 'pipe:1'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      this.#encoders.push(encoder);
      encoder.stdout?.pipe(response);
      response.on('close', () => encoder.kill('SIGKILL'));
    });
  }

  static async start(options: FedServerOptions): Promise<FedServer> {
    const server = new FedServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const encoder of this.#encoders) encoder.kill('SIGKILL');
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #read(name: string, request: IncomingMessage): void {
    const layer: FedLayer = { name, times: [] };
    this.layers.push(layer);
    const reader = new IvfReader();
    request.on('data', (chunk: Buffer) => {
      for (const { ms } of reader.push(chunk)) layer.times.push(ms);
    });
    request.on('error', () => {});
  }
}
