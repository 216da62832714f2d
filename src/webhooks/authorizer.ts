import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Logger } from 'pino';
import { type Answer, exchange } from './post.ts';
import { signedHeaders } from './signing.ts';

/** What is asked before somebody publishes or watches. The stream key or token itself is nobody else's business. */
export interface Question {
  readonly action: 'publish' | 'play';
  /** Its slug. */
  readonly channel: string;
  /** Of the stream key that publishes. */
  readonly keyId?: string;
  /** Of the viewer token that lets its holder watch, where it takes one. */
  readonly viewerTokenId?: string;
  readonly clientAddress?: string;
  readonly userAgent?: string;
}

/** `unknown`: nobody answered, and none are let in without an answer. */
export type Verdict =
  | { readonly type: 'allowed' }
  | { readonly type: 'refused'; readonly reason: string | undefined }
  | { readonly type: 'unknown' };

export interface AuthorizerOptions {
  readonly url: string;
  /** As Standard Webhooks writes it. */
  readonly secret: string;
  /** What becomes of those about whom nobody could be asked. */
  readonly onError: 'refuse' | 'allow';
  readonly log: Logger;
  readonly now?: () => number;
}

const TIMEOUT_MS = 3_000;
/** Questions on their way at once; further ones wait for a connection, up to so many. */
const CONNECTIONS = 50;
const MAX_OPEN = 2_000;
const MAX_KEPT = 10_000;
const LONGEST_KEPT_SECONDS = 3600;
const LONGEST_REASON = 300;

/** Asks a server of the operator's who may publish and watch. The same question is asked once at a time. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #now: () => number;
  readonly #agent: Agent;
  readonly #open = new Map<string, Promise<Verdict>>();
  /** Verdicts that may be kept for a while, the oldest first. */
  readonly #kept = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>();
  #isAnswering = true;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const keep = { keepAlive: true, maxSockets: CONNECTIONS };
    this.#agent = options.url.startsWith('https:') ? new TlsAgent(keep) : new Agent(keep);
  }

  async ask(question: Question): Promise<Verdict> {
    const body = JSON.stringify(question);
    const kept = this.#kept.get(body);
    if (kept && this.#now() < kept.untilMs) return kept.verdict;
    const open = this.#open.get(body);
    if (open) return open;
    const asked = this.#ask(body).finally(() => this.#open.delete(body));
    this.#open.set(body, asked);
    return asked;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(body: string): Promise<Verdict> {
    try {
      if (this.#open.size >= MAX_OPEN) throw new Error('too many questions wait for an answer');
      const answer = await this.#send(body);
      const verdict = verdictIn(answer);
      this.#keep(body, verdict, answer.headers['cache-control']);
      if (!this.#isAnswering) this.#options.log.info('authorizer answers again');
      this.#isAnswering = true;
      return verdict;
    } catch (error) {
      const { onError, log } = this.#options;
      const problem = error instanceof Error ? error.message : String(error);
      // Once, and not for each of a thousand viewers.
      if (this.#isAnswering) log.error({ problem, onError }, 'authorizer does not answer');
      this.#isAnswering = false;
      return { type: onError === 'allow' ? 'allowed' : 'unknown' };
    }
  }

  #send(body: string): Promise<Answer> {
    const { url, secret } = this.#options;
    const signed = signedHeaders({ id: `msg_${randomUUID()}`, at: new Date(this.#now()), body, secrets: [secret] });
    const headers = { 'content-type': 'application/json', 'user-agent': 'Freshet', ...signed };
    // Its address comes from who runs this server, and is most often on the same machine.
    return exchange({ url, headers, body, isPrivateAllowed: true, timeoutMs: TIMEOUT_MS, agent: this.#agent });
  }

  #keep(body: string, verdict: Verdict, cacheControl = ''): void {
    this.#kept.delete(body);
    const seconds = Math.min(secondsIn(cacheControl), LONGEST_KEPT_SECONDS);
    if (seconds === 0) return;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(body, { verdict, untilMs: this.#now() + seconds * 1000 });
  }
}

/** Throws where the answer is neither yes nor no. */
function verdictIn({ status, body }: Answer): Verdict {
  if (status >= 200 && status < 300) return { type: 'allowed' };
  if (status === 401 || status === 403) return { type: 'refused', reason: reasonIn(body) };
  throw new Error(`answered ${status}`);
}

function secondsIn(cacheControl: string): number {
  if (/no-store|no-cache/i.test(cacheControl)) return 0;
  return Number(/max-age=(\d{1,9})/i.exec(cacheControl)?.[1] ?? 0);
}

/** For people to read: one line of it, and not too long. */
function reasonIn(body: string): string | undefined {
  try {
    const { reason } = JSON.parse(body) as { reason?: unknown };
    const text = typeof reason === 'string' ? reason.replaceAll(/[\s\p{C}]+/gu, ' ').trim() : '';
    return text === '' ? undefined : text.slice(0, LONGEST_REASON).toWellFormed();
  } catch {
    return undefined;
  }
}
