import { randomUUID } from 'node:crypto';
import type {
  ApiTokenRecord,
  ApiTokenStore,
  LoginSessionStore,
  NewApiToken,
  Role,
  User,
  UserStore,
} from '../../src/accounts/ports.ts';
import { pageOf } from './page-of.ts';

export class FakeUserStore implements UserStore {
  readonly rows = new Map<string, User>();

  /** Another account beside the owner's, which no API makes yet. */
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

  async createOwner({ name, passwordHash }: { name: string; passwordHash: string }): Promise<User | undefined> {
    return this.rows.size > 0 ? undefined : this.add(name, 'owner', passwordHash);
  }

  async hasAny(): Promise<boolean> {
    return this.rows.size > 0;
  }

  async owner(): Promise<User | undefined> {
    return [...this.rows.values()].find(({ role }) => role === 'owner');
  }

  async byName(name: string): Promise<User | undefined> {
    return [...this.rows.values()].find((user) => user.name.toLowerCase() === name.toLowerCase());
  }

  async byId(id: string): Promise<User | undefined> {
    return this.rows.get(id);
  }
}

export class FakeLoginSessionStore implements LoginSessionStore {
  readonly rows = new Map<string, { readonly userId: string; readonly expiresAt: Date }>();
  readonly #users: FakeUserStore;

  constructor(users: FakeUserStore) {
    this.#users = users;
  }

  async create({ userId, hash, expiresAt }: { userId: string; hash: Uint8Array; expiresAt: Date }): Promise<void> {
    this.rows.set(hex(hash), { userId, expiresAt });
  }

  async userByHash(hash: Uint8Array, now: Date): Promise<User | undefined> {
    const row = this.rows.get(hex(hash));
    return row && row.expiresAt > now ? this.#users.enabled(row.userId) : undefined;
  }

  async delete(hash: Uint8Array): Promise<void> {
    this.rows.delete(hex(hash));
  }

  async deleteExpired(now: Date): Promise<number> {
    const expired = [...this.rows].filter(([, { expiresAt }]) => expiresAt <= now);
    for (const [key] of expired) this.rows.delete(key);
    return expired.length;
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
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
