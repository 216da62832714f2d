import type { Context } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { addressBlock, clientAddress, isLoopback } from './client-address.ts';
import { HttpError } from './errors.ts';

/** Counted per address, `publish` per stream key, `report` per session. A thousand viewers behind one address may all join, trickle and leave within a minute. */
function newLimiters() {
  return {
    signalling: new RateLimiterMemory({ points: 10_000, duration: 60 }),
    api: new RateLimiterMemory({ points: 3_000, duration: 60 }),
    publish: new RateLimiterMemory({ points: 120, duration: 60 }),
    report: new RateLimiterMemory({ points: 30, duration: 60 }),
    badKey: new RateLimiterMemory({ points: 30, duration: 60 }),
    login: new RateLimiterMemory({ points: 10, duration: 300 }),
  };
}

export type LimitName = keyof ReturnType<typeof newLimiters>;

/** Guessing is limited from wherever it comes; the rest spares loopback, where benchmarks and a proxy without `PUBLIC_URL` are. */
const STRICT: ReadonlySet<LimitName> = new Set(['login']);

export interface LimitsOptions {
  readonly isBehindProxy: boolean;
  readonly sparesLoopback?: boolean;
  /** Event streams of one address at once: each of a thousand viewers behind one may have a few. */
  readonly maxHeld?: number;
}

export class Limits {
  readonly #limiters = newLimiters();
  readonly #isBehindProxy: boolean;
  readonly #sparesLoopback: boolean;
  readonly #maxHeld: number;
  readonly #held = new Map<string, number>();

  constructor({ isBehindProxy, sparesLoopback = true, maxHeld = 5_000 }: LimitsOptions) {
    this.#maxHeld = maxHeld;
    this.#isBehindProxy = isBehindProxy;
    this.#sparesLoopback = sparesLoopback;
  }

  /** Counts one request. Throws `rate_limited`. */
  async count(c: Context, name: LimitName): Promise<void> {
    const block = this.#block(c, name);
    if (block !== undefined) await this.#consume(name, block);
  }

  /** Counts one publish with this key, wherever it comes from. Throws `rate_limited`. */
  async countPublish(keyId: string): Promise<void> {
    await this.#consume('publish', keyId);
  }

  /** Counts one report of this session's player. Throws `rate_limited`. */
  async countReport(sessionId: string): Promise<void> {
    await this.#consume('report', sessionId);
  }

  /** Throws `rate_limited` when all is used up, and counts nothing. */
  async check(c: Context, name: LimitName): Promise<void> {
    const block = this.#block(c, name);
    if (block === undefined) return;
    const limiter = this.#limiters[name];
    const state = await limiter.get(block);
    if (state && state.consumedPoints >= limiter.points) throw refused(state);
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

  async #consume(name: LimitName, key: string): Promise<void> {
    try {
      await this.#limiters[name].consume(key);
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

function refused(state: unknown): Error {
  if (!(state instanceof RateLimiterRes)) return new Error('The rate limiter failed.', { cause: state });
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new HttpError('rate_limited', `Too many requests. Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
