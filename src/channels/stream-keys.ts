import { hashSecret, mintSecret } from '../secrets.ts';
import { ChannelError } from './errors.ts';
import type { Channel, StreamKeyRecord, StreamKeyStore, ValidQuery } from './ports.ts';

/** A key at the one moment it can be read. */
export interface MintedKey {
  readonly record: StreamKeyRecord;
  readonly key: string;
}

/** How long a key lasts: for so long from now, until then, or (`null`) until it is revoked. */
export interface KeyLifetime {
  readonly ttlSeconds?: number | undefined;
  readonly expiresAt?: Date | null | undefined;
}

const KEY_KIND = 'fr_';
const LONGEST_KEY = 200;

/** The secrets that let an encoder publish on a channel. */
export class StreamKeys {
  readonly #store: StreamKeyStore;
  readonly #now: () => Date;

  constructor({ store, now = () => new Date() }: { store: StreamKeyStore; now?: () => Date }) {
    this.#store = store;
    this.#now = now;
  }

  /** With a lifetime for one occasion, such as a broadcast from the browser. */
  async create(channelId: string, { name, ...lifetime }: { name: string } & KeyLifetime): Promise<MintedKey> {
    await this.#store.deleteExpired(this.#now());
    const { secret, prefix, hash } = mintSecret(KEY_KIND);
    const expiresAt = this.#endOf(lifetime) ?? null;
    const record = await this.#store.add({ channelId, name, prefix, hash, expiresAt });
    return { record, key: secret };
  }

  /** Throws `no_key`, also for one that has expired: nothing brings it back. */
  async change(
    channelId: string,
    keyId: string,
    { name, ...lifetime }: { name?: string | undefined } & KeyLifetime,
  ): Promise<StreamKeyRecord> {
    await this.#store.deleteExpired(this.#now());
    const expiresAt = this.#endOf(lifetime);
    const change = { ...(name !== undefined && { name }), ...(expiresAt !== undefined && { expiresAt }) };
    const record = await this.#store.update(channelId, keyId, change);
    if (!record) throw noKey();
    return record;
  }

  /** Without those that expired. */
  list(channelId: string, page: Omit<ValidQuery, 'now'>): Promise<readonly StreamKeyRecord[]> {
    return this.#store.list(channelId, { ...page, now: this.#now() });
  }

  /** Throws `no_key`, also where it has expired. */
  async byId(channelId: string, keyId: string): Promise<StreamKeyRecord> {
    const found = await this.#store.byId(channelId, keyId, this.#now());
    if (!found) throw noKey();
    return found;
  }

  /** Throws `bad_key`, with the same words whatever is wrong with it. */
  async authenticate(key: string): Promise<{ key: StreamKeyRecord; channel: Channel }> {
    const found = key.length <= LONGEST_KEY ? await this.#store.byHash(hashSecret(key), this.#now()) : undefined;
    if (!found) throw new ChannelError('bad_key', 'The stream key is not valid.');
    return found;
  }

  /** A note for the owner of when the key was last used. The key as it is now; `undefined` where it was revoked since. */
  used(key: string): Promise<StreamKeyRecord | undefined> {
    return this.#store.used(hashSecret(key), this.#now());
  }

  /** The old secret is worth nothing from now on. Throws `no_key`. */
  async rotate(channelId: string, keyId: string): Promise<MintedKey> {
    const { secret, prefix, hash } = mintSecret(KEY_KIND);
    const record = await this.#store.replace(channelId, keyId, { prefix, hash });
    if (!record) throw noKey();
    return { record, key: secret };
  }

  /** Throws `no_key`. */
  async revoke(channelId: string, keyId: string): Promise<void> {
    if (!(await this.#store.delete(channelId, keyId))) throw noKey();
  }

  #endOf({ ttlSeconds, expiresAt }: KeyLifetime): Date | null | undefined {
    return ttlSeconds === undefined ? expiresAt : new Date(this.#now().getTime() + ttlSeconds * 1000);
  }
}

function noKey(): ChannelError {
  return new ChannelError('no_key', 'There is no such key on this channel.');
}
