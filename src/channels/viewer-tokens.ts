import { ChannelError } from './errors.ts';
import type { SigningKeys, ValidQuery, ViewerTokenRecord, ViewerTokenStore } from './ports.ts';
import { signViewerJwt, tokenIdOf } from './viewer-jwt.ts';

/** A token at the one moment it can be read. */
export interface MintedViewerToken {
  readonly record: ViewerTokenRecord;
  readonly token: string;
}

export interface ViewerTokenDraft {
  readonly label: string;
  readonly ttlSeconds: number;
  /** How many may watch with it at once. */
  readonly maxViewers: number | null;
}

/** No channel has this id: what is asked of one that does not exist takes as long as of one that does. */
const NO_CHANNEL = '00000000-0000-0000-0000-000000000000';

/** What lets people watch a private channel. The token is signed; its row says that it was not revoked, and the rest. */
export class ViewerTokens {
  readonly #store: ViewerTokenStore;
  readonly #keys: SigningKeys;
  readonly #now: () => Date;

  constructor({
    store,
    keys,
    now = () => new Date(),
  }: { store: ViewerTokenStore; keys: SigningKeys; now?: () => Date }) {
    this.#store = store;
    this.#keys = keys;
    this.#now = now;
  }

  async create(channelId: string, { label, ttlSeconds, maxViewers }: ViewerTokenDraft): Promise<MintedViewerToken> {
    const now = this.#now();
    await this.#store.deleteExpired(now);
    // A JWT counts in seconds, and the row ends with it.
    const expiresAt = new Date((Math.floor(now.getTime() / 1000) + ttlSeconds) * 1000);
    const record = await this.#store.add({ channelId, label, maxViewers, expiresAt });
    const token = await signViewerJwt(this.#keyOf(channelId), { tokenId: record.id, channelId, expiresAt });
    return { record, token };
  }

  /** The one that lets its bearer watch this channel; `undefined`, whatever is wrong with it. */
  async authenticate(channelId: string | undefined, token: string): Promise<ViewerTokenRecord | undefined> {
    const now = this.#now();
    const audience = channelId ?? NO_CHANNEL;
    const id = await tokenIdOf(this.#keyOf(audience), token, { channelId: audience, now });
    return id === undefined ? undefined : this.#store.find(audience, id, now);
  }

  /** Newest first, without those that expired. */
  list(channelId: string, page: Omit<ValidQuery, 'now'>): Promise<readonly ViewerTokenRecord[]> {
    return this.#store.list(channelId, { ...page, now: this.#now() });
  }

  /** Throws `no_viewer_token`, also for one that expired. */
  async byId(channelId: string, id: string): Promise<ViewerTokenRecord> {
    const found = await this.#store.find(channelId, id, this.#now());
    if (!found) throw noViewerToken();
    return found;
  }

  /** Throws `no_viewer_token`. */
  async revoke(channelId: string, id: string): Promise<void> {
    if (!(await this.#store.delete(channelId, id))) throw noViewerToken();
  }

  /** Their ids. */
  revokeAll(channelId: string): Promise<readonly string[]> {
    return this.#store.deleteAll(channelId);
  }

  #keyOf(channelId: string): Uint8Array {
    return this.#keys.derive(`viewer tokens of ${channelId}`);
  }
}

function noViewerToken(): ChannelError {
  return new ChannelError('no_viewer_token', 'There is no such viewer token on this channel.');
}
