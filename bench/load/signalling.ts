import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** WHIP and WHEP over HTTP connections that stay open, as a proxy in front of a server would use them. */
export class Signalling {
  readonly #agent: Agent;

  constructor({ maxConnections = 64 } = {}) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: maxConnections });
  }

  /** Throws unless the answer is 201. */
  async post(url: string, token: string | undefined, offer: string): Promise<{ answer: string; session: string }> {
    const response = await this.#send('POST', url, token, offer);
    const answer = await text(response);
    if (response.statusCode !== 201) throw new Error(`POST ${url}: ${response.statusCode} ${answer}`);
    const { location } = response.headers;
    return { answer, session: location === undefined ? '' : new URL(location, url).href };
  }

  /** The status. */
  async delete(session: string, token: string | undefined): Promise<number> {
    if (session === '') return 0;
    const response = await this.#send('DELETE', session, token);
    response.resume();
    return response.statusCode ?? 0;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, url: string, token: string | undefined, body = ''): Promise<IncomingMessage> {
    const headers: Record<string, string | number> = { 'content-length': Buffer.byteLength(body) };
    if (body !== '') headers['content-type'] = 'application/sdp';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    return new Promise((resolve, reject) => {
      request(url, { method, headers, agent: this.#agent }, resolve).on('error', reject).end(body);
    });
  }
}
