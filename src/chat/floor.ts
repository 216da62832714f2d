import { type Pace, TokenBucket } from './token-bucket.ts';

const AUTHOR_PACE: Pace = { burst: 5, refillMs: 1_500 };
/** A household, a school, a venue: many people behind one. */
const ADDRESS_PACE: Pace = { burst: 30, refillMs: 400 };
const REPEAT_MS = 30_000;
const REMEMBERED_TEXTS = 5;
/** No slow mode is slower. */
const FORGOTTEN_MS = 300_000;
const TIDY_EVERY_MS = 60_000;

export interface Turn {
  readonly authorId: string;
  /** Where he writes from, in whatever form; none counts nothing. */
  readonly address: string | undefined;
  readonly text: string;
  readonly slowModeMs: number;
}

export interface Refusal {
  readonly why: 'slow_mode' | 'repeated' | 'too_many';
  readonly waitMs: number;
}

interface Spoken {
  readonly pace: TokenBucket;
  lastMs: number;
  texts: { readonly text: string; readonly atMs: number }[];
}

/** Who may speak on one channel now: how often one author and one address did, and what they said. */
export class Floor {
  readonly #authors = new Map<string, Spoken>();
  readonly #addresses = new Map<string, TokenBucket>();
  #tidiedMs = 0;

  /** Counts a message, or says why it has to wait, which counts nothing. */
  take({ authorId, address, text, slowModeMs }: Turn, nowMs: number): Refusal | undefined {
    this.#tidy(nowMs);
    const author = this.#authors.get(authorId);
    const block = address === undefined ? undefined : this.#address(address);
    const refusal = author && refusalOf(author, { text, slowModeMs }, nowMs);
    if (refusal) return refusal;
    const waitMs = Math.max(author?.pace.waitMs(nowMs) ?? 0, block?.waitMs(nowMs) ?? 0);
    if (waitMs > 0) return { why: 'too_many', waitMs };

    const spoken = author ?? { pace: new TokenBucket(AUTHOR_PACE), lastMs: nowMs, texts: [] };
    this.#authors.set(authorId, spoken);
    spoken.pace.take(nowMs);
    block?.take(nowMs);
    spoken.lastMs = nowMs;
    spoken.texts = [{ text: sameText(text), atMs: nowMs }, ...spoken.texts].slice(0, REMEMBERED_TEXTS);
    return undefined;
  }

  /** How long this author has to wait for slow mode alone. */
  slowModeWaitMs(authorId: string, slowModeMs: number, nowMs: number): number {
    const author = this.#authors.get(authorId);
    return author ? Math.max(0, author.lastMs + slowModeMs - nowMs) : 0;
  }

  /** A message that could not be kept was not said: the author may say it again at once. */
  giveBack(authorId: string): void {
    this.#authors.delete(authorId);
  }

  /** Nobody is remembered. */
  isIdle(nowMs: number): boolean {
    this.#tidy(nowMs);
    return this.#authors.size === 0 && this.#addresses.size === 0;
  }

  #address(address: string): TokenBucket {
    const found = this.#addresses.get(address) ?? new TokenBucket(ADDRESS_PACE);
    this.#addresses.set(address, found);
    return found;
  }

  #tidy(nowMs: number): void {
    if (nowMs - this.#tidiedMs < TIDY_EVERY_MS) return;
    this.#tidiedMs = nowMs;
    for (const [id, { lastMs }] of this.#authors) if (nowMs - lastMs > FORGOTTEN_MS) this.#authors.delete(id);
    for (const [block, pace] of this.#addresses) if (pace.isFull(nowMs)) this.#addresses.delete(block);
  }
}

function refusalOf(author: Spoken, said: Pick<Turn, 'text' | 'slowModeMs'>, nowMs: number): Refusal | undefined {
  const slowMs = author.lastMs + said.slowModeMs - nowMs;
  if (slowMs > 0) return { why: 'slow_mode', waitMs: slowMs };
  const text = sameText(said.text);
  const before = author.texts.find((one) => one.text === text);
  const repeatMs = before ? before.atMs + REPEAT_MS - nowMs : 0;
  return repeatMs > 0 ? { why: 'repeated', waitMs: repeatMs } : undefined;
}

const sameText = (text: string) => text.toLowerCase();
