import { seededRandom } from './lossy-link.ts';

/** What a link does to datagrams, in one direction. What is left out does nothing. */
export interface Conditions {
  /** Share of all datagrams, 0 to 1. */
  readonly loss?: number;
  /** Mean number of datagrams lost in a row (Gilbert's model); without it each is lost or not by itself. */
  readonly lossBurst?: number;
  readonly delayMs?: number;
  /** Up to this much more delay for each by itself, so that those sent close together change places. */
  readonly jitterMs?: number;
  /** Share of datagrams that come twice. */
  readonly duplicates?: number;
  readonly rateBps?: number;
  /** What waits for a link of limited rate; more than this is dropped at the tail. */
  readonly queueBytes?: number;
}

const QUEUE_BYTES = 64 * 1024;

const LOST: readonly number[] = [];

/** One direction of a link: says of each datagram when it leaves. Seeded, with no clock of its own. */
export class Shape {
  readonly #random: () => number;
  #conditions: Conditions;
  #isInBurst = false;
  /** When the link has sent all it has taken. */
  #freeMs = 0;

  constructor(seed: number, conditions: Conditions = {}) {
    this.#random = seededRandom(seed);
    this.#conditions = conditions;
  }

  /** For the datagrams from now on. */
  change(conditions: Conditions): void {
    this.#conditions = conditions;
  }

  /** When it comes out at the other end: never, once, or twice. */
  pass(bytes: number, nowMs: number): readonly number[] {
    const { delayMs = 0, duplicates = 0 } = this.#conditions;
    if (this.#isLost()) return LOST;
    const sentMs = this.#sentMs(bytes, nowMs);
    if (sentMs === undefined) return LOST;
    const leave = () => sentMs + delayMs + this.#jitter();
    return this.#random() < duplicates ? [leave(), leave()] : [leave()];
  }

  #isLost(): boolean {
    const { loss = 0, lossBurst } = this.#conditions;
    if (lossBurst === undefined) return this.#random() < loss;
    // A burst ends with chance 1 / length; it begins as often as makes `loss` the share of time in bursts.
    const mayEnd = 1 / lossBurst;
    const mayBegin = (mayEnd * loss) / (1 - loss);
    this.#isInBurst = this.#random() < (this.#isInBurst ? 1 - mayEnd : mayBegin);
    return this.#isInBurst;
  }

  #sentMs(bytes: number, nowMs: number): number | undefined {
    const { rateBps, queueBytes = QUEUE_BYTES } = this.#conditions;
    if (rateBps === undefined) return nowMs;
    const bytesPerMs = rateBps / 8000;
    const waitMs = Math.max(0, this.#freeMs - nowMs);
    if (waitMs * bytesPerMs + bytes > queueBytes) return undefined;
    this.#freeMs = nowMs + waitMs + bytes / bytesPerMs;
    return this.#freeMs;
  }

  #jitter(): number {
    const { jitterMs = 0 } = this.#conditions;
    return jitterMs === 0 ? 0 : this.#random() * jitterMs;
  }
}
