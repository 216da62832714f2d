import { setTimeout } from 'node:timers/promises';
import type { Context } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { addressBlock, clientAddress, isLoopback } from './client-address.ts';
import { HttpError } from './errors.ts';

const API_SECONDS = 60;
const DEFAULT_API_PER_MINUTE = 3_000;

/**
 * Counted per address, `publish` per stream key, `report` per session, `loginName` per name, `api` per token or account
 * where one is named. A thousand viewers behind one address may all join, trickle and leave within a minute.
 */
function newLimiters(apiPerMinute: number) {
  return {
    signalling: new RateLimiterMemory({ points: 10_000, duration: 60 }),
    viewing: new RateLimiterMemory({ points: 1_000, duration: 60 }),
    api: new RateLimiterMemory({ points: apiPerMinute, duration: API_SECONDS }),
    publish: new RateLimiterMemory({ points: 120, duration: 60 }),
    report: new RateLimiterMemory({ points: 30, duration: 60 }),
    badKey: new RateLimiterMemory({ points: 30, duration: 60 }),
    login: new RateLimiterMemory({ points: 10, duration: 300 }),
    loginName: new RateLimiterMemory({ points: 50, duration: 900 }),
    register: new RateLimiterMemory({ points: 5, duration: 3600 }),
    chat: new RateLimiterMemory({ points: 300, duration: 60 }),
    guestName: new RateLimiterMemory({ points: 60, duration: 600 }),
  };
}

export type LimitName = keyof ReturnType<typeof newLimiters>;

/** Guessing is limited from wherever it comes; the rest spares loopback, where benchmarks and a proxy without `PUBLIC_URL` are. */
const STRICT: ReadonlySet<LimitName> = new Set(['login', 'register']);

export interface LimitsOptions {
  readonly isBehindProxy: boolean;
  readonly sparesLoopback?: boolean;
  /** Event streams of one address at once: each of a thousand viewers behind one may have a few. */
  readonly maxHeld?: number;
  /** Event streams of each kind at once, of all together. */
  readonly maxFeeds?: number;
  /** Requests to the API, for each token, account or else address. */
  readonly apiPerMinute?: number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** So many wrong passwords for a name are answered at once, then each a little later than the one before. */
const UNDELAYED_LOGINS = 5;
const LOGIN_DELAY_STEP_MS = 250;
const LONGEST_LOGIN_DELAY_MS = 3_000;

export class Limits {
  readonly maxFeeds: number;
  readonly #limiters: ReturnType<typeof newLimiters>;
  readonly #isBehindProxy: boolean;
  readonly #sparesLoopback: boolean;
  readonly #maxHeld: number;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #held = new Map<string, number>();

  constructor({
    isBehindProxy,
    sparesLoopback = true,
    maxHeld = 5_000,
    maxFeeds = 20_000,
    apiPerMinute = DEFAULT_API_PER_MINUTE,
    pause = setTimeout,
  }: LimitsOptions) {
    this.#limiters = newLimiters(apiPerMinute);
    this.#pause = pause;
    this.#maxHeld = maxHeld;
    this.maxFeeds = maxFeeds;
    this.#isBehindProxy = isBehindProxy;
    this.#sparesLoopback = sparesLoopback;
  }

  /** Counts one request. Throws `rate_limited`. */
  async count(c: Context, name: LimitName): Promise<void> {
    const block = this.#block(c, name);
    if (block !== undefined) await this.#consume(name, block);
  }

  /**
   * Counts one request to the API, and tells what is left (draft-ietf-httpapi-ratelimit-headers). `whose`: who asks,
   * where that is known; all others of an address are counted together. Throws `rate_limited`.
   */
  async countApi(c: Context, whose: string | undefined): Promise<void> {
    const { points } = this.#limiters.api;
    const block = this.#block(c, 'api');
    const key = block === undefined ? undefined : (whose ?? block);
    c.header('RateLimit-Policy', `"api";q=${points};w=${API_SECONDS}`);
    c.header('RateLimit', `"api";r=${points};t=${API_SECONDS}`);
    if (key === undefined) return;
    const left = (state: RateLimiterRes) => {
      c.header('RateLimit', `"api";r=${state.remainingPoints};t=${Math.ceil(state.msBeforeNext / 1000)}`);
    };
    try {
      left(await this.#limiters.api.consume(key));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) left(refusal);
      throw refused(refusal);
    }
  }

  /** Counts one publish with this key, wherever it comes from. Throws `rate_limited`. */
  async countPublish(keyId: string): Promise<void> {
    await this.#consume('publish', keyId);
  }

  /** Counts one report of this session's player. Throws `rate_limited`. */
  async countReport(sessionId: string): Promise<void> {
    await this.#consume('report', sessionId);
  }

  /**
   * Counts one try to log in under this name, whether there is such an account or not, from wherever it comes; the more
   * there were, the later it returns. Throws `rate_limited`.
   */
  async countLogin(name: string): Promise<void> {
    const tried = await this.#consume('loginName', folded(name));
    const delayMs = (tried - UNDELAYED_LOGINS) * LOGIN_DELAY_STEP_MS;
    if (delayMs > 0) await this.#pause(Math.min(delayMs, LONGEST_LOGIN_DELAY_MS));
  }

  /** As after a right password. */
  async forgiveLogin(c: Context, name: string): Promise<void> {
    await this.forgive(c, 'login');
    await this.#limiters.loginName.delete(folded(name));
  }

  /** Throws `rate_limited` when all is used up, and counts nothing. */
  async check(c: Context, name: LimitName): Promise<void> {
    const state = await this.#usedUp(c, name);
    if (state) throw refused(state);
  }

  /** Whether the address has nothing left. */
  async isUsedUp(c: Context, name: LimitName): Promise<boolean> {
    return (await this.#usedUp(c, name)) !== undefined;
  }

  /** What was counted is forgiven, as after a right password. */
  async forgive(c: Context, name: LimitName): Promise<void> {
    const block = this.#block(c, name);
    if (block !== undefined) await this.#limiters[name].delete(block);
  }

  /** Counts an event stream until the returned function is called, once. Throws `rate_limited`. */
  hold(c: Context): () => void {
    const block = this.#block(c, 'api');
    if (block === undefined) return () => {};
    const held = this.#held.get(block) ?? 0;
    if (held >= this.#maxHeld) {
      const headers = { 'Retry-After': '5' };
      throw new HttpError('rate_limited', 'Too many event streams are open from this address.', { headers });
    }
    this.#held.set(block, held + 1);
    return () => {
      const left = (this.#held.get(block) ?? 1) - 1;
      if (left > 0) this.#held.set(block, left);
      else this.#held.delete(block);
    };
  }

  async #usedUp(c: Context, name: LimitName): Promise<RateLimiterRes | undefined> {
    const block = this.#block(c, name);
    if (block === undefined) return undefined;
    const limiter = this.#limiters[name];
    const state = await limiter.get(block);
    return state && state.consumedPoints >= limiter.points ? state : undefined;
  }

  /** Whom a limit would count: none where it spares the address. */
  addressOf(c: Context): string | undefined {
    return this.#block(c, 'api');
  }

  /** How many were counted by now. */
  async #consume(name: LimitName, key: string): Promise<number> {
    try {
      return (await this.#limiters[name].consume(key)).consumedPoints;
    } catch (refusal) {
      throw refused(refusal);
    }
  }

  #block(c: Context, name: LimitName): string | undefined {
    const address = clientAddress(c, this.#isBehindProxy);
    if (this.#sparesLoopback && isLoopback(address) && !STRICT.has(name)) return undefined;
    return addressBlock(address);
  }
}

function folded(name: string): string {
  return name.trim().normalize('NFKC').toLowerCase();
}

function refused(state: unknown): Error {
  if (!(state instanceof RateLimiterRes)) return new Error('The rate limiter failed.', { cause: state });
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new HttpError('rate_limited', `Too many requests. Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
