/** What accounts need of a store. Implemented by `db/users.ts`, `db/login-sessions.ts` and `db/api-tokens.ts`. */

import type { Scope } from './scopes.ts';

export type Role = 'owner' | 'streamer' | 'viewer';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** argon2id, in PHC string form. */
  readonly passwordHash: string;
  /** Since when the account can not be used. */
  readonly disabledAt: Date | null;
}

export interface UserStore {
  /** Makes the first account, the owner. `undefined` when there is a user already (safe when two ask at once). */
  createOwner(user: { name: string; passwordHash: string }): Promise<User | undefined>;
  hasAny(): Promise<boolean>;
  /** The first account; what the administrator's token makes belongs to it. */
  owner(): Promise<User | undefined>;
  /** Names compare without regard to case. */
  byName(name: string): Promise<User | undefined>;
  byId(id: string): Promise<User | undefined>;
}

/** Hashes are SHA-256 of the token, 32 bytes. */
export interface LoginSessionStore {
  create(session: { userId: string; hash: Uint8Array; expiresAt: Date }): Promise<void>;
  /** The user of an unexpired session, unless disabled. */
  userByHash(hash: Uint8Array, now: Date): Promise<User | undefined>;
  delete(hash: Uint8Array): Promise<void>;
  deleteExpired(now: Date): Promise<number>;
}

export interface ApiTokenRecord {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

export interface NewApiToken {
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: Uint8Array;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

export interface ApiTokenStore {
  create(token: NewApiToken): Promise<ApiTokenRecord>;
  /** Newest first, expired ones too; `after`: the id of the last one of the page before. */
  list(userId: string, page: { limit: number; after?: string | undefined }): Promise<readonly ApiTokenRecord[]>;
  /** Unexpired tokens only, of users who are not disabled. */
  byHash(hash: Uint8Array, now: Date): Promise<{ token: ApiTokenRecord; user: User } | undefined>;
  used(tokenId: string, at: Date): Promise<void>;
  delete(userId: string, tokenId: string): Promise<boolean>;
}
