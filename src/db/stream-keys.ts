import type { Channel, StreamKeyChange, StreamKeyRecord, StreamKeyStore, ValidQuery } from '../channels/ports.ts';
import { bytes, type DbClient, isId } from './client.ts';

type NewStreamKey = Parameters<StreamKeyStore['add']>[0];

export class DbStreamKeys implements StreamKeyStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async add(key: NewStreamKey): Promise<StreamKeyRecord> {
    return await this.#db.streamKey.create({ data: { ...key, hash: bytes(key.hash) }, select: keyFields });
  }

  async list(channelId: string, { now, limit, after }: ValidQuery): Promise<readonly StreamKeyRecord[]> {
    if (after !== undefined && !isId(after)) return [];
    return await this.#db.streamKey.findMany({
      where: { channelId, ...isValidAt(now), ...(after !== undefined && { id: { lt: after } }) },
      orderBy: { id: 'desc' },
      take: limit,
      select: keyFields,
    });
  }

  async byId(channelId: string, keyId: string, now: Date): Promise<StreamKeyRecord | undefined> {
    if (!isId(keyId)) return undefined;
    const where = { id: keyId, channelId, ...isValidAt(now) };
    return (await this.#db.streamKey.findFirst({ where, select: keyFields })) ?? undefined;
  }

  async byHash(hash: Uint8Array, now: Date): Promise<{ key: StreamKeyRecord; channel: Channel } | undefined> {
    const found = await this.#db.streamKey.findUnique({
      where: { hash: bytes(hash), ...isValidAt(now), channel: ownedByPublisher },
      select: { ...keyFields, channel: true },
    });
    if (found === null) return undefined;
    const { channel, ...key } = found;
    return { key, channel };
  }

  async replace(
    channelId: string,
    keyId: string,
    { prefix, hash }: { prefix: string; hash: Uint8Array },
  ): Promise<StreamKeyRecord | undefined> {
    if (!isId(keyId)) return undefined;
    const [key] = await this.#db.streamKey.updateManyAndReturn({
      where: { id: keyId, channelId },
      data: { prefix, hash: bytes(hash) },
      select: keyFields,
    });
    return key;
  }

  async update(channelId: string, keyId: string, change: StreamKeyChange): Promise<StreamKeyRecord | undefined> {
    if (!isId(keyId)) return undefined;
    const [key] = await this.#db.streamKey.updateManyAndReturn({
      where: { id: keyId, channelId },
      data: change,
      select: keyFields,
    });
    return key;
  }

  async delete(channelId: string, keyId: string): Promise<boolean> {
    if (!isId(keyId)) return false;
    return (await this.#db.streamKey.deleteMany({ where: { id: keyId, channelId } })).count > 0;
  }

  async used(hash: Uint8Array, at: Date): Promise<StreamKeyRecord | undefined> {
    const [key] = await this.#db.streamKey.updateManyAndReturn({
      where: { hash: bytes(hash), channel: ownedByPublisher },
      data: { lastUsedAt: at },
      select: keyFields,
    });
    return key;
  }

  async deleteExpired(now: Date): Promise<number> {
    return (await this.#db.streamKey.deleteMany({ where: { expiresAt: { lte: now } } })).count;
  }
}

/** The keys of whoever was disabled, or made a viewer, open nothing. */
const ownedByPublisher = { owner: { disabledAt: null, role: { not: 'viewer' } } } as const;

const isValidAt = (now: Date) => ({ OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] });

const keyFields = {
  id: true,
  channelId: true,
  name: true,
  prefix: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
} as const;
