import { createHmac } from 'node:crypto';
import { ChatError } from './errors.ts';
import type { Author, Ban, Banned, BanStore } from './ports.ts';

/** Guests who were heard of lately, whose address a ban then holds for too. */
const MAX_REMEMBERED = 20_000;

export interface BanBookOptions {
  readonly store: BanStore;
  /** Of the HMAC that stands for an address: whoever reads the database alone cannot try them all. */
  readonly key: Uint8Array;
  readonly now: () => number;
}

/** Who may not write where. A ban holds for an account, or for a guest's id and for guests of the same address. */
export class BanBook {
  readonly #store: BanStore;
  readonly #key: Uint8Array;
  readonly #now: () => number;
  readonly #addressOfGuest = new Map<string, Uint8Array>();

  constructor({ store, key, now }: BanBookOptions) {
    this.#store = store;
    this.#key = key;
    this.#now = now;
  }

  /** Throws `banned`. */
  async check(channelId: string, who: { author: Author; address: string | undefined }): Promise<void> {
    const ban = await this.of(channelId, who);
    if (ban) throw banned(ban, this.#now());
  }

  /** The ban that holds for somebody now. */
  of(channelId: string, { author, address }: { author: Author; address: string | undefined }) {
    return this.#store.find(channelId, this.#banned(author, address), new Date(this.#now()));
  }

  list(channelId: string, page: { limit: number; after?: string | undefined }): Promise<readonly Ban[]> {
    return this.#store.list(channelId, new Date(this.#now()), page);
  }

  /** `seconds`: none is for ever. */
  put(
    channelId: string,
    { target, by, seconds, reason }: { target: Author; by: string; seconds: number | undefined; reason: string },
  ): Promise<Ban> {
    const isGuest = target.role === 'guest';
    return this.#store.put({
      channelId,
      person: { id: target.id, name: target.name, isGuest },
      addressHash: isGuest ? this.#addressOfGuest.get(target.id) : undefined,
      reason,
      by,
      expiresAt: seconds === undefined ? null : new Date(this.#now() + seconds * 1000),
    });
  }

  /** Throws `no_ban`. */
  async lift(channelId: string, banId: string): Promise<Ban> {
    const ban = await this.#store.delete(channelId, banId);
    if (!ban) throw new ChatError('no_ban', 'There is no such ban.');
    return ban;
  }

  #banned(author: Author, address: string | undefined): Banned {
    if (author.role !== 'guest') return { userId: author.id };
    const addressHash = address === undefined ? undefined : this.#hash(address);
    if (addressHash) this.#remember(author.id, addressHash);
    return { guestId: author.id, addressHash };
  }

  #remember(guestId: string, addressHash: Uint8Array): void {
    this.#addressOfGuest.delete(guestId);
    this.#addressOfGuest.set(guestId, addressHash);
    const [oldest] = this.#addressOfGuest.keys();
    if (this.#addressOfGuest.size > MAX_REMEMBERED && oldest !== undefined) this.#addressOfGuest.delete(oldest);
  }

  #hash(address: string): Uint8Array {
    return createHmac('sha256', this.#key).update(address).digest();
  }
}

function banned({ expiresAt, reason }: Ban, nowMs: number): ChatError {
  const why = reason === '' ? '' : ` The reason given: ${reason}`;
  if (!expiresAt) return new ChatError('banned', `You may not write in this chat any more.${why}`);
  const seconds = Math.max(1, Math.ceil((expiresAt.getTime() - nowMs) / 1000));
  return new ChatError('banned', `You may not write in this chat for another ${inWords(seconds)}.${why}`, {
    retryAfterSeconds: seconds,
  });
}

function inWords(seconds: number): string {
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (seconds >= 2 * size || seconds === size) return plural(Math.ceil(seconds / size), unit);
  }
  return plural(seconds, 'second');
}

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;
