import type { AccountNames, Author, Deletion, Message, MessagePage, MessageStore, NewMessage } from '../chat/ports.ts';
import { type DbClient, isId } from './client.ts';
import type { ChatMessage } from './generated/client.ts';

export class DbChatMessages implements MessageStore, AccountNames {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async add({ id, channelId, author, text, at }: NewMessage): Promise<void> {
    const { name, role } = author;
    await this.#db.chatMessage.create({ data: { id, channelId, ...authorColumn(author), name, role, text, at } });
  }

  async list(channelId: string, { limit, before, withDeleted }: MessagePage): Promise<readonly Message[]> {
    if (before !== undefined && !isId(before)) return [];
    const rows = await this.#db.chatMessage.findMany({
      where: {
        channelId,
        ...(before !== undefined && { id: { lt: before } }),
        ...(!withDeleted && { deletedAt: null }),
      },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map(message);
  }

  async since(channelId: string, from: Date, limit: number): Promise<readonly Message[]> {
    const rows = await this.#db.chatMessage.findMany({
      where: { channelId, OR: [{ id: { gte: firstIdOf(from) } }, { deletedAt: { gte: from } }] },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows.map(message);
  }

  async byId(id: string): Promise<Message | undefined> {
    if (!isId(id)) return undefined;
    const row = await this.#db.chatMessage.findUnique({ where: { id } });
    return row ? message(row) : undefined;
  }

  async lastOf(channelId: string, authorId: string): Promise<Message | undefined> {
    if (!isId(authorId)) return undefined;
    const where = { channelId, ...byAuthor(authorId) };
    const row = await this.#db.chatMessage.findFirst({ where, orderBy: { id: 'desc' } });
    return row ? message(row) : undefined;
  }

  async delete(id: string, { at, by }: Deletion): Promise<boolean> {
    if (!isId(id)) return false;
    const data = { deletedAt: at, deletedBy: by };
    return (await this.#db.chatMessage.updateMany({ where: { id, deletedAt: null }, data })).count > 0;
  }

  async deleteOf(channelId: string, authorId: string, { at, by }: Deletion): Promise<number> {
    if (!isId(authorId)) return 0;
    const where = { channelId, deletedAt: null, ...byAuthor(authorId) };
    return (await this.#db.chatMessage.updateMany({ where, data: { deletedAt: at, deletedBy: by } })).count;
  }

  async forget(before: Date, limit: number): Promise<number> {
    return await this.#db.$executeRaw`
      DELETE FROM chat_messages WHERE id IN (SELECT id FROM chat_messages WHERE at < ${before} LIMIT ${limit})`;
  }

  async accountNames(): Promise<readonly string[]> {
    return (await this.#db.user.findMany({ select: { name: true } })).map(({ name }) => name);
  }
}

const authorColumn = ({ id, role }: Pick<Author, 'id' | 'role'>) =>
  role === 'guest' ? { guestId: id } : { userId: id };
const byAuthor = (id: string) => ({ OR: [{ userId: id }, { guestId: id }] });

/** Ids of version 7 begin with the time: none made from then on is smaller. */
function firstIdOf(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

function message({ userId, guestId, name, role, deletedAt, deletedBy, ...row }: ChatMessage): Message {
  return {
    ...row,
    author: { id: userId ?? guestId ?? '', name, role },
    deletion: deletedAt && { at: deletedAt, by: deletedBy ?? '' },
  };
}
