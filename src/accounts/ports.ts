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

/** An account as the server's owner sees it. */
export interface UserRecord extends Pick<User, 'id' | 'name' | 'role' | 'disabledAt'> {
  readonly createdAt: Date;
  /** How many are its own. */
  readonly channels: number;
}

export interface UserQuery {
  readonly limit: number;
  /** The id of the last one of the page before. Order: newest first. */
  readonly after?: string | undefined;
  /** Found in the name, whatever the case. */
  readonly text?: string | undefined;
}

export type UserChange = Partial<Pick<User, 'name' | 'role' | 'passwordHash' | 'disabledAt'>>;

/** `last_owner`: nothing was done, else no owner would be left who is not disabled. */
export type UserChangeResult = 'done' | 'absent' | 'last_owner' | 'name_taken';

export interface UserStore {
  /** Makes the first account, the owner. `undefined` when there is a user already (safe when two ask at once). */
  createOwner(user: { name: string; passwordHash: string }): Promise<User | undefined>;
  /** `undefined` when the name is taken. */
  create(user: { name: string; passwordHash: string; role: Role }): Promise<User | undefined>;
  hasAny(): Promise<boolean>;
  /** The first of those who are not disabled; what the administrator's token makes belongs to it. */
  owner(): Promise<User | undefined>;
  /** Names compare without regard to case. */
  byName(name: string): Promise<User | undefined>;
  byId(id: string): Promise<User | undefined>;
  record(id: string): Promise<UserRecord | undefined>;
  list(query: UserQuery): Promise<readonly UserRecord[]>;
  change(id: string, change: UserChange): Promise<UserChangeResult>;
  /** With its channels and their history, tokens, sessions and webhooks. */
  delete(id: string): Promise<UserChangeResult>;
}

/** Somebody being logged in on some device. */
export interface LoginRecord {
  readonly id: string;
  /** "Firefox on Linux". */
  readonly device: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

/** Hashes are SHA-256 of the token, 32 bytes. */
export interface LoginSessionStore {
  create(session: { userId: string; hash: Uint8Array; expiresAt: Date; device: string }): Promise<void>;
  /** An unexpired session and its user, unless disabled. */
  byHash(hash: Uint8Array, now: Date): Promise<{ user: User; session: LoginRecord } | undefined>;
  seen(id: string, at: Date): Promise<void>;
  /** Unexpired ones, newest first. */
  list(
    userId: string,
    query: { now: Date; limit: number; after?: string | undefined },
  ): Promise<readonly LoginRecord[]>;
  end(userId: string, id: string): Promise<void>;
  endAll(userId: string, exceptId?: string): Promise<void>;
  delete(hash: Uint8Array): Promise<void>;
  deleteExpired(now: Date): Promise<number>;
}

/** An invitation that nobody has accepted yet. */
export interface InviteRecord {
  readonly id: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** `link`: SHA-256 of the token in the link. */
export interface OneTimeLinkStore {
  createInvite(invite: { role: Role; hash: Uint8Array; expiresAt: Date }): Promise<InviteRecord>;
  /** Unexpired ones, newest first. */
  invites(query: { now: Date; limit: number; after?: string | undefined }): Promise<readonly InviteRecord[]>;
  deleteInvite(id: string): Promise<void>;
  isInvite(link: Uint8Array, now: Date): Promise<boolean>;
  /** Uses the link up and makes the account, both or neither. */
  accept(
    link: Uint8Array,
    now: Date,
    user: { name: string; passwordHash: string },
  ): Promise<User | 'bad_link' | 'name_taken'>;
  /** An account has one at most: the newest. */
  createReset(reset: { userId: string; hash: Uint8Array; expiresAt: Date }): Promise<void>;
  /** The id of the account. */
  resetOf(link: Uint8Array, now: Date): Promise<string | undefined>;
  /** Whether it was there: of two who ask at once one gets it. */
  takeReset(link: Uint8Array): Promise<boolean>;
  deleteExpired(now: Date): Promise<void>;
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

/** A token as the server's owner sees it. */
export interface HeldApiToken extends ApiTokenRecord {
  readonly user: Pick<User, 'id' | 'name'>;
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
  /** Of everybody, in the same order. */
  listAll(page: { limit: number; after?: string | undefined }): Promise<readonly HeldApiToken[]>;
  byId(userId: string, tokenId: string): Promise<ApiTokenRecord | undefined>;
  /** Unexpired tokens only, of users who are not disabled. */
  byHash(hash: Uint8Array, now: Date): Promise<{ token: ApiTokenRecord; user: User } | undefined>;
  used(tokenId: string, at: Date): Promise<void>;
  delete(userId: string, tokenId: string): Promise<boolean>;
  /** Whoever's it is: the id of that account. */
  deleteAnyones(tokenId: string): Promise<string | undefined>;
  deleteAll(userId: string): Promise<void>;
}
