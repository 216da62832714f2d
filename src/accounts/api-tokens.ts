import { hashSecret, mintSecret } from '../secrets.ts';
import { AccountChanges } from './changes.ts';
import { AccountError } from './errors.ts';
import type { ApiTokenRecord, ApiTokenStore, HeldApiToken, User } from './ports.ts';
import { SCOPES, type Scope } from './scopes.ts';

const TOKEN_KIND = 'frt_';
const USE_NOTED_EVERY_MS = 60_000;

export interface ApiTokenDraft {
  readonly name: string;
  /** All that `by` has when absent. */
  readonly scopes?: readonly Scope[] | undefined;
  readonly ttlSeconds?: number | undefined;
  /** The token that makes this one, where it is no login that does. */
  readonly by?: ApiTokenRecord | undefined;
}

/** Tokens that act for a user over the API. */
export class ApiTokens {
  readonly #store: ApiTokenStore;
  readonly #changes: AccountChanges;
  readonly #now: () => Date;

  constructor(options: { store: ApiTokenStore; changes?: AccountChanges; now?: () => Date }) {
    this.#store = options.store;
    this.#changes = options.changes ?? new AccountChanges();
    this.#now = options.now ?? (() => new Date());
  }

  /** `token` is shown this once. Throws `too_many_scopes`; a token that another makes ends with it at the latest. */
  async create(userId: string, draft: ApiTokenDraft): Promise<{ record: ApiTokenRecord; token: string }> {
    const { name, by } = draft;
    const { secret, prefix, hash } = mintSecret(TOKEN_KIND);
    const scopes = grantable(draft);
    const expiresAt = earliest(expiryOf(draft, this.#now()), by?.expiresAt ?? null);
    return { record: await this.#store.create({ userId, name, prefix, hash, scopes, expiresAt }), token: secret };
  }

  list(...of: Parameters<ApiTokenStore['list']>): Promise<readonly ApiTokenRecord[]> {
    return this.#store.list(...of);
  }

  listAll(...of: Parameters<ApiTokenStore['listAll']>): Promise<readonly HeldApiToken[]> {
    return this.#store.listAll(...of);
  }

  /** Throws `no_token`. */
  async byId(userId: string, tokenId: string): Promise<ApiTokenRecord> {
    const found = await this.#store.byId(userId, tokenId);
    if (!found) throw noToken();
    return found;
  }

  /** What the secret stands for, if it is valid; its use is noted. */
  async authenticate(secret: string): Promise<{ token: ApiTokenRecord; user: User } | undefined> {
    if (!secret.startsWith(TOKEN_KIND)) return undefined;
    const now = this.#now();
    const found = await this.#store.byHash(hashSecret(secret), now);
    if (found && now.getTime() - (found.token.lastUsedAt?.getTime() ?? 0) >= USE_NOTED_EVERY_MS) {
      await this.#store.used(found.token.id, now);
    }
    return found;
  }

  /** Throws `no_token`. */
  async delete(userId: string, tokenId: string): Promise<void> {
    if (!(await this.#store.delete(userId, tokenId))) throw noToken();
    this.#changes.tell(userId);
  }

  /** Whoever's it is. Throws `no_token`. */
  async deleteAnyones(tokenId: string): Promise<void> {
    const userId = await this.#store.deleteAnyones(tokenId);
    if (userId === undefined) throw noToken();
    this.#changes.tell(userId);
  }
}

function noToken(): AccountError {
  return new AccountError('no_token', 'There is no such token.');
}

function grantable({ scopes, by }: ApiTokenDraft): readonly Scope[] {
  const held = by?.scopes ?? SCOPES;
  if (scopes === undefined) return held;
  const beyond = scopes.filter((scope) => !held.includes(scope));
  if (beyond.length > 0) {
    throw new AccountError('too_many_scopes', `A token can not give what it has not: ${beyond.join(', ')}.`);
  }
  return SCOPES.filter((scope) => scopes.includes(scope));
}

function expiryOf({ ttlSeconds }: ApiTokenDraft, now: Date): Date | null {
  return ttlSeconds === undefined ? null : new Date(now.getTime() + ttlSeconds * 1000);
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
