import { get, type IncomingMessage } from 'node:http';
import { Turns } from '../load/turns.ts';
import { type Answered, ApiClient, isWell } from './api-client.ts';
import { requestsOf, type Subject } from './request-mix.ts';

const TURN_EVERY_MS = 1;
const METRICS_EVERY_MS = 5_000;

export interface ApiLoadOptions {
  readonly url: string;
  readonly subject: Subject;
  /** One for each client. */
  readonly tokens: readonly string[];
  /** Of all clients together. */
  readonly perSecond: number;
  /** Event streams that are open meanwhile. */
  readonly feeds: number;
}

export interface ApiAnswers {
  readonly tookMs: Float64Array;
  /** How many of each status that should not be; 0 is a connection that broke. */
  readonly failures: Readonly<Record<number, number>>;
  readonly unanswered: number;
}

/** Many clients on one thread, who ask at a steady pace however long the answers take. */
export class ApiLoad {
  readonly #clients: readonly ApiClient[];
  readonly #turns: Turns;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #feeds: ReturnType<typeof get>[];
  #tookMs: number[] = [];
  #failures = new Map<number, number>();

  constructor({ url, subject, tokens, perSecond, feeds }: ApiLoadOptions) {
    const { hostname, port, host } = new URL(url);
    const onAnswer = (answered: Answered) => this.#count(answered);
    this.#clients = tokens.map((token, place) => {
      const requests = requestsOf(subject, { host, token });
      return new ApiClient({ port: Number(port), host: hostname, requests, place, onAnswer });
    });
    this.#turns = new Turns((tokens.length * 1000) / perSecond, performance.now());
    const events = `${url}/api/v1/channels/${subject.slug}/events`;
    this.#feeds = Array.from({ length: feeds }, () => get(events, { agent: false }, discard).on('error', () => {}));
    this.#timers = [
      setInterval(() => this.#ask(performance.now()), TURN_EVERY_MS),
      setInterval(() => get(`${url}/metrics`, discard).on('error', () => {}), METRICS_EVERY_MS),
    ];
  }

  /** Counts from here on. */
  reset(): void {
    this.#tookMs = [];
    this.#failures = new Map();
  }

  answers(): ApiAnswers {
    return {
      tookMs: Float64Array.from(this.#tookMs),
      failures: Object.fromEntries(this.#failures),
      unanswered: this.#clients.reduce((sum, { unanswered }) => sum + unanswered, 0),
    };
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const feed of this.#feeds) feed.destroy();
    for (const client of this.#clients) client.close();
  }

  #ask(nowMs: number): void {
    for (const place of this.#turns.due(this.#clients.length, nowMs)) this.#clients[place]?.ask(nowMs);
  }

  #count(answered: Answered): void {
    this.#tookMs.push(answered.tookMs);
    if (isWell(answered)) return;
    this.#failures.set(answered.status, (this.#failures.get(answered.status) ?? 0) + 1);
  }
}

function discard(response: IncomingMessage): void {
  response.on('error', () => {}).resume();
}
