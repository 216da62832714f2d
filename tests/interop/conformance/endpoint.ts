import { ok } from 'node:assert/strict';

export const SDP = 'application/sdp';
export const FRAGMENT = 'application/trickle-ice-sdpfrag';
// What OBS waits for an answer.
const ANSWER_WITHIN_MS = 8000;

export interface Reply {
  /** Of whoever answered: another address where the request was redirected. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What a POST made. */
export interface Session {
  readonly url: string;
  readonly etag: string | null;
  /** An offer in a 406. */
  readonly answer: string;
  readonly headers: Headers;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Without the token. */
  readonly isAnonymous?: boolean;
}

export interface EndpointOptions {
  readonly kind: 'whip' | 'whep';
  readonly url: string;
  readonly token?: string | undefined;
  /** One that any server should accept. */
  readonly offer: string;
  /** The WHEP endpoint of a channel where nobody publishes. */
  readonly offlineUrl?: string | undefined;
  /** That of a channel where nobody publishes, and viewers may wait. */
  readonly waitingUrl?: string | undefined;
}

/** A WHIP or WHEP endpoint as a client without media meets it: HTTP and SDP alone. */
export class Endpoint {
  readonly kind: 'whip' | 'whep';
  readonly url: string;
  readonly offer: string;
  readonly token: string | undefined;
  readonly offlineUrl: string | undefined;
  readonly waitingUrl: string | undefined;
  /** Of all answers so far. */
  readonly statuses = new Set<number>();
  readonly #open = new Set<string>();

  constructor({ kind, url, token, offer, offlineUrl, waitingUrl }: EndpointOptions) {
    this.kind = kind;
    this.url = url;
    this.token = token;
    this.offer = offer;
    this.offlineUrl = offlineUrl;
    this.waitingUrl = waitingUrl;
  }

  /** As an encoder: a redirected POST is sent again, with its token. */
  async ask(url: string, ask: Ask = {}): Promise<Reply> {
    const reply = await this.#askOnce(url, ask);
    const location = reply.headers.get('location');
    const isElsewhere = reply.status === 307 || reply.status === 308;
    return isElsewhere && location ? this.#askOnce(new URL(location, url).href, ask) : reply;
  }

  async #askOnce(url: string, { method = 'GET', headers = {}, body, isAnonymous = false }: Ask): Promise<Reply> {
    const authorization = this.token !== undefined && !isAnonymous ? { authorization: `Bearer ${this.token}` } : {};
    const response = await fetch(url, {
      method,
      headers: { ...authorization, ...headers },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    this.statuses.add(response.status);
    const location = response.headers.get('location');
    const isCreated = response.status === 201 || response.status === 406;
    if (method === 'POST' && isCreated && location) this.#open.add(new URL(location, url).href);
    return { url, status: response.status, headers: response.headers, body: await response.text() };
  }

  post(body: string | Uint8Array<ArrayBuffer> = this.offer, ask: Omit<Ask, 'method' | 'body'> = {}): Promise<Reply> {
    return this.ask(this.url, { ...ask, method: 'POST', body, headers: { 'content-type': SDP, ...ask.headers } });
  }

  async open(offer = this.offer): Promise<Session> {
    const reply = await this.post(offer);
    ok(reply.status === 201, `a good offer is answered ${reply.status}`);
    return this.sessionOf(reply);
  }

  sessionOf({ url, status, headers, body }: Reply): Session {
    const location = headers.get('location');
    ok(location, `the ${status} has no Location`);
    return { url: new URL(location, url).href, etag: headers.get('etag'), answer: body, headers };
  }

  /** `ifMatch`: the session's own ETag unless said otherwise; `null`: none. */
  patch(
    session: Session,
    body: string,
    { type = FRAGMENT, ifMatch = session.etag }: { type?: string; ifMatch?: string | null } = {},
  ): Promise<Reply> {
    const headers = { 'content-type': type, ...(ifMatch !== null && { 'if-match': ifMatch }) };
    return this.ask(session.url, { method: 'PATCH', headers, body });
  }

  /** As a browser asks before a request from another origin: without the token. */
  preflight(url: string, method: string): Promise<Reply> {
    const headers = {
      origin: 'https://elsewhere.example',
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,if-match',
    };
    return this.ask(url, { method: 'OPTIONS', headers, isAnonymous: true });
  }

  async closeAll(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.allSettled(open.map((url) => this.ask(url, { method: 'DELETE' })));
  }
}
