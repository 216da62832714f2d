import { type IceServer, iceServers } from './ice.ts';
import { type Link, links } from './links.ts';
import { type Problem, problemOf } from './problem.ts';
import { words } from './words/words.ts';

const ANSWER_WITHIN_MS = 10_000;

/** The server refused, or could not be reached (`problem.status` 0). */
export class RtcRefused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** What a viewer's session is told about itself: parts of `Session` in the API. */
export interface ServerView {
  readonly id: string;
  readonly roundTripMs: number | null;
  readonly choice?: { readonly rid: string | null; readonly reason: string; readonly estimateBps: number | null };
}

export interface RtcEndpoint {
  readonly url: string;
  /** Bearer token: the stream key of a publisher, the viewer token of a private channel. */
  readonly token?: string;
}

/** One WHIP or WHEP session on the server: made by a POST, spoken to by PATCH, ended by DELETE. Knows HTTP only. */
export class RtcResource {
  readonly answer: string;
  /** When it was asked for, by `performance.now`. */
  readonly postedMs: number;
  readonly iceServers: readonly IceServer[];
  readonly #url: string;
  readonly #links: readonly Link[];
  readonly #headers: Readonly<Record<string, string>>;
  #etag: string;
  #isClosed = false;

  private constructor(
    response: Response,
    answer: string,
    { headers, postedMs }: { headers: Readonly<Record<string, string>>; postedMs: number },
  ) {
    this.answer = answer;
    this.postedMs = postedMs;
    this.iceServers = iceServers(response.headers.get('link'));
    this.#links = links(response.headers.get('link'));
    this.#url = new URL(response.headers.get('location') ?? '', response.url).href;
    this.#etag = response.headers.get('etag') ?? '*';
    this.#headers = headers;
  }

  static async create({ url, token }: RtcEndpoint, offer: string): Promise<RtcResource> {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const postedMs = performance.now();
    const response = await request(url, 'POST', offer, { ...headers, 'content-type': 'application/sdp' });
    return new RtcResource(response, await response.text(), { headers, postedMs });
  }

  /** Where an extension of this session is to be found, when the server has it. */
  linked(rel: string): string | undefined {
    const link = this.#links.find(({ parameters }) => parameters.get('rel') === rel);
    return link && new URL(link.target, this.#url).href;
  }

  /** More candidates for the session as it is. */
  async trickle(fragment: string): Promise<void> {
    await this.#patch(fragment, this.#etag);
  }

  /** New ICE credentials for both sides; returns the server's fragment. */
  async restart(fragment: string): Promise<string> {
    const response = await this.#patch(fragment, '*');
    this.#etag = response.headers.get('etag') ?? this.#etag;
    return response.text();
  }

  /** How the server sees this session; `undefined` where it does not tell. */
  async stats(): Promise<ServerView | undefined> {
    const response = await fetch(`${this.#url}/stats`, { headers: this.#headers }).catch(() => undefined);
    return response?.ok ? ((await response.json()) as ServerView) : undefined;
  }

  /** Idempotent. The request outlives the page. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A session that is gone already is as good as closed, and a server out of reach will reap it.
    void fetch(this.#url, { method: 'DELETE', headers: this.#headers, keepalive: true }).catch(() => {});
  }

  #patch(fragment: string, ifMatch: string): Promise<Response> {
    const type = 'application/trickle-ice-sdpfrag';
    return request(this.#url, 'PATCH', fragment, { ...this.#headers, 'content-type': type, 'if-match': ifMatch });
  }
}

/** Rejects with `RtcRefused`. */
export async function request(
  url: string,
  method: string,
  body: string,
  headers: Record<string, string>,
): Promise<Response> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(url, { method, body, headers, signal }).catch(() => undefined);
  if (!response) throw new RtcRefused({ status: 0, message: words.errors.unreachable });
  if (!response.ok) throw new RtcRefused(await problemOf(response));
  return response;
}
