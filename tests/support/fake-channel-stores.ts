import { randomUUID } from 'node:crypto';
import type { User } from '../../src/accounts/ports.ts';
import type {
  CategoryCount,
  Channel,
  ChannelChange,
  ChannelDraft,
  ChannelQuery,
  ChannelStore,
  Moderator,
  ModeratorStore,
  StreamKeyChange,
  StreamKeyRecord,
  StreamKeyStore,
  ValidQuery,
  ViewerTokenDraft,
  ViewerTokenRecord,
  ViewerTokenStore,
} from '../../src/channels/ports.ts';
import { pageOf } from './page-of.ts';

export class FakeChannelStore implements ChannelStore {
  readonly rows = new Map<string, Channel>();

  async create(draft: ChannelDraft): Promise<Channel | undefined> {
    if (await this.bySlug(draft.slug)) return undefined;
    const channel = { ...defaults, ...draft, id: randomUUID(), createdAt: new Date() };
    this.rows.set(channel.id, channel);
    return channel;
  }

  async bySlug(slug: string): Promise<Channel | undefined> {
    return [...this.rows.values()].find((row) => row.slug === slug);
  }

  async list({
    ids,
    ownerId,
    text,
    category,
    tag,
    textAsTag,
    visibilities,
    ...page
  }: ChannelQuery): Promise<readonly Channel[]> {
    const rows = [...this.rows.values()]
      .toReversed()
      .filter((row) => ids?.includes(row.id) ?? true)
      .filter((row) => ownerId === undefined || row.ownerId === ownerId)
      .filter((row) => category === undefined || row.category.toLowerCase() === category.toLowerCase())
      .filter((row) => visibilities?.includes(row.visibility) ?? true)
      .filter((row) => tag === undefined || row.tags.includes(tag))
      .filter(
        (row) =>
          `${row.slug}\n${row.title}`.toLowerCase().includes((text ?? '').toLowerCase()) ||
          (textAsTag !== undefined && row.tags.includes(textAsTag)),
      );
    return pageOf(rows, page);
  }

  async categories(limit: number): Promise<readonly CategoryCount[]> {
    const named = [...this.rows.values()].filter((row) => row.visibility === 'public' && row.category !== '');
    return [...Map.groupBy(named, ({ category }) => category.toLowerCase()).values()]
      .map((rows) => ({ name: rows[0]?.category ?? '', channels: rows.length }))
      .toSorted((a, b) => b.channels - a.channels)
      .slice(0, limit);
  }

  async update(id: string, change: ChannelChange): Promise<Channel | undefined> {
    const row = this.rows.get(id);
    if (!row) return undefined;
    const updated = { ...row, ...change };
    this.rows.set(id, updated);
    return updated;
  }

  async delete(id: string): Promise<boolean> {
    return this.rows.delete(id);
  }
}

const defaults = {
  acceptsWaitingViewers: false,
  isRecorded: false,
  isAdaptive: false,
  makesRenditions: false,
  tags: [],
  avatarFile: null,
  posterFile: null,
  chat: 'everyone',
  slowModeSeconds: 0,
  chatLinks: false,
} as const;

interface KeyRow extends StreamKeyRecord {
  readonly hash: string;
}

export class FakeStreamKeyStore implements StreamKeyStore {
  readonly rows = new Map<string, KeyRow>();
  readonly #channels: FakeChannelStore;

  constructor(channels: FakeChannelStore) {
    this.#channels = channels;
  }

  async add({ channelId, name, prefix, hash, expiresAt }: Parameters<StreamKeyStore['add']>[0]) {
    const row = {
      id: randomUUID(),
      channelId,
      name,
      prefix,
      hash: hex(hash),
      createdAt: new Date(),
      lastUsedAt: null,
      expiresAt,
    };
    this.rows.set(row.id, row);
    return record(row);
  }

  async list(channelId: string, { now, ...page }: ValidQuery): Promise<readonly StreamKeyRecord[]> {
    const rows = [...this.rows.values()].toReversed();
    const valid = rows.filter((row) => row.channelId === channelId && (row.expiresAt === null || row.expiresAt > now));
    return pageOf(valid.map(record), page);
  }

  async byId(channelId: string, keyId: string, now: Date): Promise<StreamKeyRecord | undefined> {
    return (await this.list(channelId, { now, limit: this.rows.size })).find(({ id }) => id === keyId);
  }

  async byHash(hash: Uint8Array, now: Date) {
    const row = [...this.rows.values()].find((one) => one.hash === hex(hash));
    const channel = row && this.#channels.rows.get(row.channelId);
    if (!channel || (row.expiresAt && row.expiresAt <= now)) return undefined;
    return { key: record(row), channel };
  }

  async replace(channelId: string, keyId: string, { prefix, hash }: { prefix: string; hash: Uint8Array }) {
    const row = this.rows.get(keyId);
    if (row?.channelId !== channelId) return undefined;
    return this.#put({ ...row, prefix, hash: hex(hash) });
  }

  async delete(channelId: string, keyId: string): Promise<boolean> {
    return this.rows.get(keyId)?.channelId === channelId && this.rows.delete(keyId);
  }

  async update(channelId: string, keyId: string, change: StreamKeyChange) {
    const row = this.rows.get(keyId);
    return row?.channelId === channelId ? this.#put({ ...row, ...change }) : undefined;
  }

  async used(hash: Uint8Array, at: Date) {
    const row = [...this.rows.values()].find((one) => one.hash === hex(hash));
    return row && this.#put({ ...row, lastUsedAt: at });
  }

  async deleteExpired(now: Date): Promise<number> {
    const expired = [...this.rows.values()].filter(({ expiresAt }) => expiresAt && expiresAt < now);
    for (const { id } of expired) this.rows.delete(id);
    return expired.length;
  }

  #put(row: KeyRow): StreamKeyRecord {
    this.rows.set(row.id, row);
    return record(row);
  }
}

export class FakeModeratorStore implements ModeratorStore {
  readonly rows: { id: string; channelId: string; userId: string; since: Date }[] = [];
  readonly #users: ReadonlyMap<string, User>;

  constructor(users: ReadonlyMap<string, User>) {
    this.#users = users;
  }

  async list(channelId: string, page: Parameters<ModeratorStore['list']>[1]): Promise<readonly Moderator[]> {
    const rows = this.rows.filter((row) => row.channelId === channelId).toReversed();
    return pageOf(rows, page).map(({ channelId: _, ...row }) => ({
      ...row,
      name: this.#users.get(row.userId)?.name ?? '',
    }));
  }

  async has(channelId: string, userId: string): Promise<boolean> {
    return this.rows.some((row) => row.channelId === channelId && row.userId === userId);
  }

  async add(channelId: string, userId: string): Promise<void> {
    if (!(await this.has(channelId, userId)))
      this.rows.push({ id: randomUUID(), channelId, userId, since: new Date() });
  }

  async remove(channelId: string, userId: string): Promise<void> {
    const index = this.rows.findIndex((row) => row.channelId === channelId && row.userId === userId);
    if (index >= 0) this.rows.splice(index, 1);
  }
}

function record({ hash: _, ...row }: KeyRow): StreamKeyRecord {
  return row;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export class FakeViewerTokenStore implements ViewerTokenStore {
  readonly rows = new Map<string, ViewerTokenRecord>();

  async add(draft: ViewerTokenDraft): Promise<ViewerTokenRecord> {
    const row = { ...draft, id: randomUUID(), createdAt: new Date() };
    this.rows.set(row.id, row);
    return row;
  }

  async find(channelId: string, id: string, now: Date): Promise<ViewerTokenRecord | undefined> {
    const row = this.rows.get(id);
    return row?.channelId === channelId && row.expiresAt > now ? row : undefined;
  }

  async list(channelId: string, { now, ...page }: ValidQuery): Promise<readonly ViewerTokenRecord[]> {
    return pageOf(
      this.#of(channelId).filter(({ expiresAt }) => expiresAt > now),
      page,
    );
  }

  async delete(channelId: string, id: string): Promise<boolean> {
    return this.rows.get(id)?.channelId === channelId && this.rows.delete(id);
  }

  async deleteAll(channelId: string): Promise<readonly string[]> {
    const ids = this.#of(channelId).map(({ id }) => id);
    for (const id of ids) this.rows.delete(id);
    return ids.toReversed();
  }

  async deleteExpired(now: Date): Promise<number> {
    const expired = [...this.rows.values()].filter(({ expiresAt }) => expiresAt <= now);
    for (const { id } of expired) this.rows.delete(id);
    return expired.length;
  }

  #of(channelId: string): ViewerTokenRecord[] {
    return [...this.rows.values()].filter((row) => row.channelId === channelId).toReversed();
  }
}
