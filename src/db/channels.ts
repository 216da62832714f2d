import type {
  CategoryCount,
  Channel,
  ChannelChange,
  ChannelDraft,
  ChannelQuery,
  ChannelStore,
} from '../channels/ports.ts';
import { type DbClient, hasNul, isId, isTaken, literally } from './client.ts';

export class DbChannels implements ChannelStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async create(draft: ChannelDraft): Promise<Channel | undefined> {
    try {
      return await this.#db.channel.create({ data: writable(draft) });
    } catch (error) {
      if (isTaken(error)) return undefined;
      throw error;
    }
  }

  async bySlug(slug: string): Promise<Channel | undefined> {
    if (hasNul(slug)) return undefined;
    return (await this.#db.channel.findUnique({ where: { slug } })) ?? undefined;
  }

  /** Ids are made in the order of time, hence they are the order of the pages. */
  async list({
    ids,
    ownerId,
    text,
    category,
    tag,
    textAsTag,
    visibilities,
    limit,
    after,
  }: ChannelQuery): Promise<readonly Channel[]> {
    if ((after !== undefined && !isId(after)) || (text !== undefined && hasNul(text))) return [];
    if (category !== undefined && hasNul(category)) return [];
    const found = text && { contains: literally(text), mode: 'insensitive' as const };
    return await this.#db.channel.findMany({
      where: {
        id: { ...(ids && { in: ids.filter(isId) }), ...(after && { lt: after }) },
        ...(ownerId && { ownerId }),
        ...(visibilities && { visibility: { in: [...visibilities] } }),
        ...(category && { category: { equals: literally(category), mode: 'insensitive' as const } }),
        ...(tag && { tags: { has: tag } }),
        ...(found && { OR: [{ slug: found }, { title: found }, ...(textAsTag ? [{ tags: { has: textAsTag } }] : [])] }),
      },
      orderBy: { id: 'desc' },
      take: limit,
    });
  }

  async categories(limit: number): Promise<readonly CategoryCount[]> {
    return await this.#db.$queryRaw<CategoryCount[]>`
      SELECT mode() WITHIN GROUP (ORDER BY category) AS name, count(*)::int AS channels
      FROM channels WHERE visibility = 'public' AND category <> ''
      GROUP BY lower(category) ORDER BY channels DESC, lower(category) LIMIT ${limit}`;
  }

  async update(id: string, change: ChannelChange): Promise<Channel | undefined> {
    if (!isId(id)) return undefined;
    const [channel] = await this.#db.channel.updateManyAndReturn({ where: { id }, data: writable(change) });
    return channel;
  }

  async delete(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    return (await this.#db.channel.deleteMany({ where: { id } })).count > 0;
  }
}

/** Prisma's types take no list that it might change. */
function writable<T extends { readonly tags?: readonly string[] }>({ tags, ...rest }: T) {
  return { ...rest, ...(tags && { tags: [...tags] }) };
}
