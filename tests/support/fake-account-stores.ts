import { randomUUID } from 'node:crypto';
import { SESSION_SECONDS } from '../../src/accounts/login.ts';
import type {
  ApiTokenRecord,
  ApiTokenStore,
  HeldApiToken,
  InviteRecord,
  LoginRecord,
  LoginSessionStore,
  NewApiToken,
  OneTimeLinkStore,
  Role,
  User,
  UserChange,
  UserChangeResult,
  UserQuery,
  UserRecord,
  UserStore,
} from '../../src/accounts/ports.ts';
import { pageOf } from './page-of.ts';

export class FakeUserStore implements UserStore {
  readonly rows = new Map<string, User>();

  add(name: string, role: Role, passwordHash = ''): User {
    const user = { id: randomUUID(), name, role, passwordHash, disabledAt: null };
    this.rows.set(user.id, user);
    return user;
  }

  /** Unless disabled. */
  enabled(id: string): User | undefined {
    const user = this.rows.get(id);
    return user?.disabledAt === null ? user : undefined;
  }

  disable(id: string): void {
    const user = this.rows.get(id);
    if (user) this.rows.set(id, { ...user, disabledAt: new Date() });
  }

  async create({ name, passwordHash, role }: Parameters<UserStore['create']>[0]): Promise<User | undefined> {
    return (await this.byName(name)) ? undefined : this.add(name, role, passwordHash);
  }

  async record(id: string): Promise<UserRecord | undefined> {
    const user = this.rows.get(id);
    if (!user) return undefined;
    const { passwordHash: _, ...rest } = user;
    return { ...rest, createdAt: new Date(0), channels: 0 };
  }

  async list({ text = '', ...page }: UserQuery): Promise<readonly UserRecord[]> {
    const found = [...this.rows.values()].filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
    const records = await Promise.all(pageOf(found.toReversed(), page).map(({ id }) => this.record(id)));
    return records.filter((one) => one !== undefined);
  }

  async change(id: string, change: UserChange): Promise<UserChangeResult> {
    const user = this.rows.get(id);
    if (!user) return 'absent';
    const namesake = change.name === undefined ? undefined : await this.byName(change.name);
    if (namesake && namesake.id !== id) return 'name_taken';
    const changed = { ...user, ...change };
    const endsOwner = changed.role !== 'owner' || changed.disabledAt !== null;
    if (endsOwner && this.#isLastOwner(user)) return 'last_owner';
    this.rows.set(id, changed);
    return 'done';
  }

  async delete(id: string): Promise<UserChangeResult> {
    const user = this.rows.get(id);
    if (!user) return 'absent';
    if (this.#isLastOwner(user)) return 'last_owner';
    this.rows.delete(id);
    return 'done';
  }

  #isLastOwner({ id }: User): boolean {
    const owners = [...this.rows.values()].filter(({ role, disabledAt }) => role === 'owner' && disabledAt === null);
    return owners.length === 1 && owners[0]?.id === id;
  }

  async createOwner({ name, passwordHash }: { name: string; passwordHash: string }): Promise<User | undefined> {
    return this.rows.size > 0 ? undefined : this.add(name, 'owner', passwordHash);
  }

  async hasAny(): Promise<boolean> {
    return this.rows.size > 0;
  }

  async owner(): Promise<User | undefined> {
    return [...this.rows.values()].find(({ role, disabledAt }) => role === 'owner' && disabledAt === null);
  }

  async byName(name: string): Promise<User | undefined> {
    return [...this.rows.values()].find((user) => user.name.toLowerCase() === name.toLowerCase());
  }

  async byId(id: string): Promise<User | undefined> {
    return this.rows.get(id);
  }
}

type LoginRow = LoginRecord & { readonly userId: string };

export class FakeLoginSessionStore implements LoginSessionStore {
  readonly rows = new Map<string, LoginRow>();
  readonly #users: FakeUserStore;

  constructor(users: FakeUserStore) {
    this.#users = users;
  }

  async create({ hash, ...session }: Parameters<LoginSessionStore['create']>[0]): Promise<void> {
    const createdAt = new Date(session.expiresAt.getTime() - SESSION_SECONDS * 1000);
    this.rows.set(hex(hash), { ...session, id: randomUUID(), createdAt, lastSeenAt: createdAt });
  }

  async byHash(hash: Uint8Array, now: Date) {
    const row = this.rows.get(hex(hash));
    const user = row && row.expiresAt > now ? this.#users.enabled(row.userId) : undefined;
    return row && user && { user, session: loginRecord(row) };
  }

  async seen(id: string, at: Date): Promise<void> {
    for (const [key, row] of this.rows) if (row.id === id) this.rows.set(key, { ...row, lastSeenAt: at });
  }

  async list(userId: string, { now, ...page }: Parameters<LoginSessionStore['list']>[1]) {
    const rows = [...this.rows.values()].filter((row) => row.userId === userId && row.expiresAt > now);
    return pageOf(rows.toReversed(), page).map(loginRecord);
  }

  async end(userId: string, id: string): Promise<void> {
    this.#deleteWhere((row) => row.userId === userId && row.id === id);
  }

  async endAll(userId: string, exceptId?: string): Promise<void> {
    this.#deleteWhere((row) => row.userId === userId && row.id !== exceptId);
  }

  async delete(hash: Uint8Array): Promise<void> {
    this.rows.delete(hex(hash));
  }

  async deleteExpired(now: Date): Promise<number> {
    return this.#deleteWhere(({ expiresAt }) => expiresAt <= now);
  }

  #deleteWhere(isGone: (row: LoginRow) => boolean): number {
    const gone = [...this.rows].filter(([, row]) => isGone(row));
    for (const [key] of gone) this.rows.delete(key);
    return gone.length;
  }
}

function loginRecord({ userId: _, ...record }: LoginRow): LoginRecord {
  return record;
}

export class FakeOneTimeLinkStore implements OneTimeLinkStore {
  readonly rows = new Map<string, InviteRecord>();
  readonly resets = new Map<string, { readonly userId: string; readonly expiresAt: Date }>();
  readonly #users: FakeUserStore;

  constructor(users: FakeUserStore) {
    this.#users = users;
  }

  async createInvite({ hash, ...invite }: Parameters<OneTimeLinkStore['createInvite']>[0]): Promise<InviteRecord> {
    const record = { ...invite, id: randomUUID(), createdAt: new Date() };
    this.rows.set(hex(hash), record);
    return record;
  }

  async invites({ now, ...page }: Parameters<OneTimeLinkStore['invites']>[0]): Promise<readonly InviteRecord[]> {
    return pageOf([...this.rows.values()].filter(({ expiresAt }) => expiresAt > now).toReversed(), page);
  }

  async deleteInvite(id: string): Promise<void> {
    for (const [key, row] of this.rows) if (row.id === id) this.rows.delete(key);
  }

  async isInvite(link: Uint8Array, now: Date): Promise<boolean> {
    const row = this.rows.get(hex(link));
    return row !== undefined && row.expiresAt > now;
  }

  async accept(link: Uint8Array, now: Date, user: { name: string; passwordHash: string }) {
    const invite = this.rows.get(hex(link));
    if (!invite || invite.expiresAt <= now) return 'bad_link';
    const made = await this.#users.create({ ...user, role: invite.role });
    if (made) this.rows.delete(hex(link));
    return made ?? 'name_taken';
  }

  async createReset({ userId, hash, expiresAt }: Parameters<OneTimeLinkStore['createReset']>[0]): Promise<void> {
    for (const [key, row] of this.resets) if (row.userId === userId) this.resets.delete(key);
    this.resets.set(hex(hash), { userId, expiresAt });
  }

  async resetOf(link: Uint8Array, now: Date): Promise<string | undefined> {
    const row = this.resets.get(hex(link));
    return row && row.expiresAt > now ? row.userId : undefined;
  }

  async takeReset(link: Uint8Array): Promise<boolean> {
    return this.resets.delete(hex(link));
  }

  async deleteExpired(now: Date): Promise<void> {
    for (const rows of [this.rows, this.resets]) {
      for (const [key, { expiresAt }] of rows) if (expiresAt <= now) rows.delete(key);
    }
  }
}

export class FakeApiTokenStore implements ApiTokenStore {
  readonly rows = new Map<string, ApiTokenRecord & { readonly userId: string; readonly hash: string }>();
  readonly #users: FakeUserStore;

  constructor(users: FakeUserStore) {
    this.#users = users;
  }

  async create({ userId, hash, ...token }: NewApiToken): Promise<ApiTokenRecord> {
    const record = { ...token, id: randomUUID(), createdAt: new Date(), lastUsedAt: null };
    this.rows.set(record.id, { ...record, userId, hash: hex(hash) });
    return record;
  }

  async list(userId: string, page: Parameters<ApiTokenStore['list']>[1]): Promise<readonly ApiTokenRecord[]> {
    return pageOf([...this.rows.values()].filter((row) => row.userId === userId).toReversed(), page);
  }

  async listAll(page: Parameters<ApiTokenStore['listAll']>[0]): Promise<readonly HeldApiToken[]> {
    return pageOf([...this.rows.values()].toReversed(), page).map(({ userId, hash: _, ...token }) => ({
      ...token,
      user: { id: userId, name: this.#users.rows.get(userId)?.name ?? '' },
    }));
  }

  async byId(userId: string, tokenId: string): Promise<ApiTokenRecord | undefined> {
    const row = this.rows.get(tokenId);
    return row?.userId === userId ? row : undefined;
  }

  async byHash(wanted: Uint8Array, now: Date) {
    const row = [...this.rows.values()].find((one) => one.hash === hex(wanted));
    const user = row && this.#users.enabled(row.userId);
    if (!user || (row.expiresAt && row.expiresAt <= now)) return undefined;
    const { hash: _, userId: __, ...token } = row;
    return { token, user };
  }

  async used(tokenId: string, at: Date): Promise<void> {
    const row = this.rows.get(tokenId);
    if (row) this.rows.set(tokenId, { ...row, lastUsedAt: at });
  }

  async delete(userId: string, tokenId: string): Promise<boolean> {
    return this.rows.get(tokenId)?.userId === userId && this.rows.delete(tokenId);
  }

  async deleteAnyones(tokenId: string): Promise<string | undefined> {
    const userId = this.rows.get(tokenId)?.userId;
    this.rows.delete(tokenId);
    return userId;
  }

  async deleteAll(userId: string): Promise<void> {
    for (const [id, row] of this.rows) if (row.userId === userId) this.rows.delete(id);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
