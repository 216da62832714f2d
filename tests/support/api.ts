import type { Server } from './server.ts';
import { until } from './until.ts';

export interface Channel {
  readonly slug: string;
}

export interface LiveLayer {
  readonly rid: string;
  readonly bitrateBps: number;
  readonly height?: number;
  readonly isRendition: boolean;
  readonly isOnDemand: boolean;
}

export interface Live {
  readonly live: boolean;
  readonly state: 'offline' | 'live' | 'reconnecting';
  readonly stream: { readonly id: string; readonly viewers: number; readonly layers: readonly LiveLayer[] } | null;
}

export const owner = { name: 'owner', password: 'correct horse battery staple' };

/** The REST API as a script uses it, with a token of the owner. */
export class Api {
  readonly #base: string;
  readonly #token: string;
  readonly #channels = new Map<string, number>();

  constructor(serverUrl: string, token: string) {
    this.#base = `${serverUrl}/api/v1`;
    this.#token = token;
  }

  /** Makes the owner by the one-time link, logs in and takes an API token. */
  static async setUp(server: Server): Promise<Api> {
    const base = `${server.url}/api/v1`;
    const setupUrl = await until('the set-up link is printed', () => server.setupUrl);
    const token = new URL(setupUrl).searchParams.get('token');
    const made = await fetch(`${base}/setup`, json({ token, ...owner }));
    if (!made.ok) throw new Error(`set-up: ${made.status} ${await made.text()}`);
    return Api.logIn(server);
  }

  /** Takes an API token of whoever has this name and password. */
  static async logIn(server: Server, account = owner): Promise<Api> {
    const base = `${server.url}/api/v1`;
    const entered = await fetch(`${base}/login`, json(account));
    const cookie = entered.headers.getSetCookie().map((one) => one.split(';')[0]);
    const headers = { cookie: cookie.join('; '), origin: server.url };
    const minted = await fetch(`${base}/tokens`, json({ name: 'tests' }, headers));
    if (!minted.ok) throw new Error(`token: ${minted.status} ${await minted.text()}`);
    return new Api(server.url, ((await minted.json()) as { token: string }).token);
  }

  /** The same token against the same server at another address, after a restart. */
  at(server: Server): Api {
    return new Api(server.url, this.#token);
  }

  async get<T>(path: string): Promise<T> {
    return this.#read<T>(await fetch(this.#base + path, { headers: this.#headers() }));
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#read<T>(await fetch(this.#base + path, json(body, this.#headers())));
  }

  async patch<T>(path: string, body: unknown): Promise<T> {
    return this.#read<T>(await fetch(this.#base + path, { ...json(body, this.#headers()), method: 'PATCH' }));
  }

  async delete(path: string): Promise<void> {
    await this.#read(await fetch(this.#base + path, { method: 'DELETE', headers: this.#headers() }));
  }

  /** A new channel and a stream key for it. A test's second try gets another one than its first. */
  async createChannel(name: string): Promise<{ slug: string; key: string }> {
    const before = this.#channels.get(name) ?? 0;
    this.#channels.set(name, before + 1);
    const slug = before === 0 ? name : `${name}-${before + 1}`;
    await this.post('/channels', { slug, title: `Channel ${slug}` });
    const { key } = await this.post<{ key: string }>(`/channels/${slug}/keys`, { name: 'tests' });
    return { slug, key };
  }

  live(slug: string): Promise<Live> {
    return this.get(`/channels/${slug}/live`);
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  async #read<T>(response: Response): Promise<T> {
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}

function json(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
