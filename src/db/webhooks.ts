import type { ListPage, WebhookChange, WebhookDraft, WebhookRecord, WebhookStore } from '../webhooks/ports.ts';
import { bytes, type DbClient, isId } from './client.ts';

export class DbWebhooks implements WebhookStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async create({ sealedSecret, events, ...draft }: WebhookDraft): Promise<WebhookRecord> {
    const data = { ...draft, events: [...events], sealedSecret: bytes(sealedSecret) };
    return await this.#db.webhook.create({ data, select: fields });
  }

  async list(userId: string, { limit, after }: ListPage): Promise<readonly WebhookRecord[]> {
    if (after !== undefined && !isId(after)) return [];
    const where = { userId, ...(after !== undefined && { id: { lt: after } }) };
    return await this.#db.webhook.findMany({ where, orderBy: { id: 'desc' }, take: limit, select: fields });
  }

  async byId(userId: string, id: string): Promise<WebhookRecord | undefined> {
    if (!isId(id)) return undefined;
    return (await this.#db.webhook.findFirst({ where: { id, userId }, select: fields })) ?? undefined;
  }

  async update(userId: string, id: string, change: WebhookChange): Promise<WebhookRecord | undefined> {
    if (!isId(id)) return undefined;
    const { url, events, isActive } = change;
    const { count } = await this.#db.webhook.updateMany({
      where: { id, userId },
      data: {
        ...(url !== undefined && { url }),
        ...(events && { events: [...events] }),
        ...(isActive !== undefined && { isActive, failingSince: null, switchedOffBecause: null }),
      },
    });
    return count > 0 ? await this.byId(userId, id) : undefined;
  }

  async rotate(userId: string, id: string, sealedSecret: Uint8Array, oldUntil: Date) {
    if (!isId(id)) return undefined;
    // In one statement: of two rotations at once each finds the other's secret, or none.
    const count = await this.#db.$executeRaw`
      UPDATE webhooks SET old_sealed_secret = sealed_secret, old_secret_until = ${oldUntil}, sealed_secret = ${bytes(sealedSecret)}
      WHERE id = ${id}::uuid AND user_id = ${userId}::uuid`;
    return count > 0 ? await this.byId(userId, id) : undefined;
  }

  async delete(userId: string, id: string): Promise<boolean> {
    if (!isId(id)) return false;
    return (await this.#db.webhook.deleteMany({ where: { id, userId } })).count > 0;
  }

  async succeeded(id: string): Promise<void> {
    await this.#db.webhook.updateMany({ where: { id, failingSince: { not: null } }, data: { failingSince: null } });
  }

  async failed(id: string, at: Date): Promise<Date> {
    await this.#db.webhook.updateMany({ where: { id, failingSince: null }, data: { failingSince: at } });
    const found = await this.#db.webhook.findUnique({ where: { id }, select: { failingSince: true } });
    return found?.failingSince ?? at;
  }

  async switchOff(id: string, because: string): Promise<void> {
    await this.#db.webhook.updateMany({ where: { id }, data: { isActive: false, switchedOffBecause: because } });
  }
}

const fields = {
  id: true,
  userId: true,
  channel: { select: { slug: true } },
  url: true,
  events: true,
  isActive: true,
  failingSince: true,
  switchedOffBecause: true,
  oldSecretUntil: true,
  createdAt: true,
} as const;
