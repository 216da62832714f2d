import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { JobFailure } from '../job-failure.ts';

const ANSWER_MS = 10_000;

export interface StreamLinkOptions {
  readonly serverUrl: string;
  readonly streamId: string;
  /** Good for this stream alone. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The server's side of one live stream, as a transcoder has it. (`fetch` gives up on answers that never end.) */
export class StreamLink {
  readonly #options: StreamLinkOptions;

  constructor(options: StreamLinkOptions) {
    this.#options = options;
  }

  /** What is published, endless; `undefined` where the stream is over. */
  async feed(): Promise<IncomingMessage | undefined> {
    const request = this.#request('GET', `/internal/streams/${this.#options.streamId}/feed`);
    const answer = await answerTo(request);
    if (answer.statusCode === 200) return answer;
    answer.resume();
    if (answer.statusCode === 404) return undefined;
    throw refused(answer);
  }

  /** Where the pictures of a further layer go, for as long as they come. */
  layer(name: string): ClientRequest {
    const request = this.#request('POST', `/internal/streams/${this.#options.streamId}/layers/${name}`);
    request.setHeader('Content-Type', 'video/x-ivf');
    request.on('response', (answer) => answer.resume());
    request.flushHeaders();
    return request;
  }

  /** What is to be added to this machine's clock. */
  async clockOffsetMs(): Promise<number> {
    const sentMs = Date.now();
    const answer = await answerTo(this.#request('GET', '/time'));
    const told = Date.parse(await text(answer));
    return Number.isNaN(told) ? 0 : told - (sentMs + Date.now()) / 2;
  }

  #request(method: 'GET' | 'POST', path: string): ClientRequest {
    const { serverUrl, token, signal } = this.#options;
    const url = new URL(path, serverUrl);
    const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = ask(url, { method, signal, headers: { Authorization: `Bearer ${token}` } });
    // Who waits for the answer is told by it; a layer that breaks off is begun anew.
    request.on('error', () => {});
    return request;
  }
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  request.setTimeout(ANSWER_MS, () => request.destroy(new JobFailure('the server does not answer')));
  request.end();
  const [answer]: [IncomingMessage] = await (once(request, 'response') as Promise<[IncomingMessage]>);
  request.setTimeout(0);
  return answer;
}

function refused({ statusCode = 0 }: IncomingMessage): JobFailure {
  return new JobFailure(`the server refused its stream (${statusCode})`, { isFinal: statusCode === 401 });
}
