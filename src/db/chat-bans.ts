import type { Ban, BanDraft, Banned, BanStore } from '../chat/ports.ts';
import { bytes, type DbClient, isId } from './client.ts';
import type { ChatBan } from './generated/client.ts';

export class DbChatBans implements BanStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async put({ channelId, person, addressHash, reason, by, expiresAt }: BanDraft): Promise<Ban> {
    const { id, name, isGuest } = person;
    const who = isGuest ? { guestId: id } : { userId: id };
    const data = {
      name,
      reason,
      bannedBy: by,
      createdAt: new Date(),
      expiresAt,
      addressHash: addressHash ? bytes(addressHash) : null,
    };
    const where = isGuest
      ? { channelId_guestId: { channelId, guestId: id } }
      : { channelId_userId: { channelId, userId: id } };
    return ban(await this.#db.chatBan.upsert({ where, create: { ...data, ...who, channelId }, update: data }));
  }

  async find(channelId: string, who: Banned, now: Date): Promise<Ban | undefined> {
    const row = await this.#db.chatBan.findFirst({
      where: { channelId, AND: [{ OR: sameAs(who) }, stillHolds(now)] },
      // None, which is for ever, comes first.
      orderBy: { expiresAt: { sort: 'desc', nulls: 'first' } },
    });
    return row ? ban(row) : undefined;
  }

  async list(channelId: string, now: Date, { limit, after }: { limit: number; after?: string | undefined }) {
    if (after !== undefined && !isId(after)) return [];
    const rows = await this.#db.chatBan.findMany({
      where: { channelId, ...stillHolds(now), ...(after !== undefined && { id: { lt: after } }) },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map(ban);
  }

  async delete(channelId: string, id: string): Promise<Ban | undefined> {
    if (!isId(id)) return undefined;
    const found = await this.#db.chatBan.findFirst({ where: { id, channelId } });
    if (!found || (await this.#db.chatBan.deleteMany({ where: { id } })).count === 0) return undefined;
    return ban(found);
  }

  async forgetExpired(now: Date): Promise<number> {
    return (await this.#db.chatBan.deleteMany({ where: { expiresAt: { lte: now } } })).count;
  }
}

const stillHolds = (now: Date) => ({ OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] });

function sameAs(who: Banned) {
  if ('userId' in who) return [{ userId: who.userId }];
  const address = who.addressHash && [{ addressHash: bytes(who.addressHash) }];
  return [{ guestId: who.guestId }, ...(address ?? [])];
}

function ban({ userId, guestId, name, bannedBy, addressHash: _, ...row }: ChatBan): Ban {
  return { ...row, person: { id: userId ?? guestId ?? '', name, isGuest: userId === null }, by: bannedBy };
}
