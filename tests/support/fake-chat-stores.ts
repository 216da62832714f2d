import { randomUUID } from 'node:crypto';
import type {
  AccountNames,
  Ban,
  BanDraft,
  Banned,
  BanStore,
  Deletion,
  Message,
  MessagePage,
  MessageStore,
  NewMessage,
} from '../../src/chat/ports.ts';
import type { FakeUserStore } from './fake-account-stores.ts';

export class FakeMessageStore implements MessageStore, AccountNames {
  readonly rows = new Map<string, Message>();
  readonly #users: Pick<FakeUserStore, 'rows'>;
  /** Set to let the next write fail. */
  failure: Error | undefined;

  constructor(users: Pick<FakeUserStore, 'rows'>) {
    this.#users = users;
  }

  async add(message: NewMessage): Promise<void> {
    if (this.failure) throw this.failure;
    this.rows.set(message.id, { ...message, deletion: null });
  }

  async list(channelId: string, { limit, before, withDeleted }: MessagePage): Promise<readonly Message[]> {
    return this.#of(channelId)
      .toReversed()
      .filter(({ id }) => before === undefined || id < before)
      .filter(({ deletion }) => withDeleted || !deletion)
      .slice(0, limit);
  }

  async since(channelId: string, from: Date, limit: number): Promise<readonly Message[]> {
    return this.#of(channelId)
      .filter(({ at, deletion }) => at >= from || (deletion && deletion.at >= from))
      .slice(0, limit);
  }

  async byId(id: string): Promise<Message | undefined> {
    return this.rows.get(id);
  }

  async lastOf(channelId: string, authorId: string): Promise<Message | undefined> {
    return this.#of(channelId).findLast(({ author }) => author.id === authorId);
  }

  async delete(id: string, deletion: Deletion): Promise<boolean> {
    const row = this.rows.get(id);
    if (!row || row.deletion) return false;
    this.rows.set(id, { ...row, deletion });
    return true;
  }

  async deleteOf(channelId: string, authorId: string, deletion: Deletion): Promise<number> {
    const found = this.#of(channelId).filter((row) => row.author.id === authorId && !row.deletion);
    for (const row of found) this.rows.set(row.id, { ...row, deletion });
    return found.length;
  }

  async forget(before: Date, limit: number): Promise<number> {
    const old = [...this.rows.values()].filter(({ at }) => at < before).slice(0, limit);
    for (const { id } of old) this.rows.delete(id);
    return old.length;
  }

  async accountNames(): Promise<readonly string[]> {
    return [...this.#users.rows.values()].map(({ name }) => name);
  }

  #of(channelId: string): Message[] {
    return [...this.rows.values()].filter((row) => row.channelId === channelId);
  }
}

export class FakeBanStore implements BanStore {
  readonly rows = new Map<string, Ban & Pick<BanDraft, 'addressHash'>>();

  async put(draft: BanDraft): Promise<Ban> {
    const before = [...this.rows.values()].find(
      ({ channelId, person }) => channelId === draft.channelId && person.id === draft.person.id,
    );
    const row = { ...draft, id: before?.id ?? randomUUID(), createdAt: new Date() };
    this.rows.set(row.id, row);
    return ban(row);
  }

  async find(channelId: string, who: Banned, now: Date): Promise<Ban | undefined> {
    const found = this.#of(channelId, now).filter((row) =>
      'userId' in who
        ? row.person.id === who.userId
        : row.person.id === who.guestId || (who.addressHash && hex(row.addressHash) === hex(who.addressHash)),
    );
    const end = ({ expiresAt }: Ban) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const [longest] = found.toSorted((a, b) => end(b) - end(a));
    return longest && ban(longest);
  }

  async list(channelId: string, now: Date, { limit, after }: { limit: number; after?: string | undefined }) {
    const rows = this.#of(channelId, now).toReversed();
    const start = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
    return rows.slice(start, start + limit).map(ban);
  }

  async delete(channelId: string, id: string): Promise<Ban | undefined> {
    const row = this.rows.get(id);
    if (row?.channelId !== channelId) return undefined;
    this.rows.delete(id);
    return ban(row);
  }

  async forgetExpired(now: Date): Promise<number> {
    const over = [...this.rows.values()].filter(({ expiresAt }) => expiresAt && expiresAt <= now);
    for (const { id } of over) this.rows.delete(id);
    return over.length;
  }

  #of(channelId: string, now: Date) {
    return [...this.rows.values()].filter(
      (row) => row.channelId === channelId && (!row.expiresAt || row.expiresAt > now),
    );
  }
}

function ban({ addressHash: _, ...row }: Ban & Pick<BanDraft, 'addressHash'>): Ban {
  return row;
}

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
