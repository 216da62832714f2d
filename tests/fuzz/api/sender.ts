import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { FuzzRequest } from './requests.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Over a real socket, so that nothing tidies up the address or the body on its way. Of an endless answer the head is enough. */
export class Sender {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  send({ method, target, headers, body }: FuzzRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const options = { port: this.#port, host: '127.0.0.1', agent: this.#agent, method, path: target };
      const sent = request({ ...options, headers: { ...headers, ...length } }, (response) => {
        const { statusCode: status = 0, headers } = response;
        const chunks: Buffer[] = [];
        const end = () => resolve({ status, headers, text: Buffer.concat(chunks).toString() });
        if (headers['content-type']?.startsWith('text/event-stream')) {
          response.destroy();
          return end();
        }
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        return response.on('end', end).on('error', reject);
      });
      sent.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
