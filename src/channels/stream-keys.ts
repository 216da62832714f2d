import { hashSecret, mintSecret } from '../secrets.ts';
import { ChannelError } from './errors.ts';
import type { Channel, StreamKeyRecord, StreamKeyStore } from './ports.ts';

/** A key at the one moment it can be read. */
export interface MintedKey {
  readonly record: StreamKeyRecord;
  readonly key: string;
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

  /** `ttlSeconds` makes a key for one occasion, such as a broadcast from the browser. */
  async create(channelId: string, { name, ttlSeconds }: { name: string; ttlSeconds?: number }): Promise<MintedKey> {
    await this.#store.deleteExpired(this.#now());
    const { secret, prefix, hash } = mintSecret(KEY_KIND);
    const lifetime = ttlSeconds === undefined ? {} : { expiresAt: new Date(this.#now().getTime() + ttlSeconds * 1000) };
    const record = await this.#store.add({ channelId, name, prefix, hash, ...lifetime });
    return { record, key: secret };
  }

  /** Without those that expired. */
  async list(channelId: string): Promise<readonly StreamKeyRecord[]> {
    const now = this.#now();
    const keys = await this.#store.list(channelId);
    return keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  }

  /** Throws `bad_key`, with the same words whatever is wrong with it. */
  async authenticate(key: string): Promise<{ keyId: string; channel: Channel }> {
    const found = key.length <= LONGEST_KEY ? await this.#store.byHash(hashSecret(key), this.#now()) : undefined;
    if (!found) throw new ChannelError('bad_key', 'The stream key is not valid.');
    return { keyId: found.key.id, channel: found.channel };
  }

  /** A note for the owner of when the key was last used. Whether it was still valid then. */
  used(key: string): Promise<boolean> {
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
}

function noKey(): ChannelError {
  return new ChannelError('no_key', 'There is no such key on this channel.');
}
