import { fromPrisma } from 'pg-boss';
import type { AttemptResult, DeliveryRecord, DeliveryStore, DueDelivery, ListPage } from '../webhooks/ports.ts';
import { type DbClient, isId } from './client.ts';
import type { JobQueue } from './job-queue.ts';

const QUEUE = 'webhook-deliveries';
/** 17 attempts in 22 to 26 hours: the first again after 5 to 10 s, then doubling up to 4 h. */
const RULES = { expireInSeconds: 30, retryLimit: 16, retryDelay: 5, retryDelayMax: 4 * 3600 } as const;

const WORK = { concurrency: 5, lookSeconds: 5 } as const;

/** Of those that were given up where nobody could note it. */
const GIVEN_UP = 'webhook-deliveries-given-up';
const GIVEN_UP_RULES = { expireInSeconds: 30, retryLimit: 1000, retryDelay: 5, retryDelayMax: 3600 } as const;

/** Any number: of servers that start at once, one adopts. */
const ADOPTION_LOCK = 0x0f5e_7002;

type Transaction = Parameters<Parameters<DbClient['$transaction']>[0]>[0];

interface Item {
  readonly deliveryId: string;
}

const secrets = { sealedSecret: true, oldSealedSecret: true, oldSecretUntil: true } as const;

/** Rows and jobs: made together or not at all. */
export class DbWebhookDeliveries implements DeliveryStore {
  readonly #db: DbClient;
  readonly #jobs: JobQueue;
  #defined: Promise<void> | undefined;

  constructor(db: DbClient, jobs: JobQueue) {
    this.#db = db;
    this.#jobs = jobs;
  }

  async accept({ channelId, type, body }: { channelId: string; type: string; body: string }): Promise<number> {
    return await this.#inOne(async (db) => {
      const listening = await db.$queryRaw<{ id: string }[]>`
        SELECT w.id FROM webhooks w JOIN channels c ON c.id = ${channelId}::uuid JOIN users u ON u.id = w.user_id
        WHERE w.is_active AND u.disabled_at IS NULL AND ${type} = ANY (w.events)
          AND (w.channel_id = c.id OR (w.channel_id IS NULL AND w.user_id = c.owner_id))`;
      if (listening.length === 0) return 0;
      const made = await db.webhookDelivery.createManyAndReturn({
        data: listening.map(({ id }) => ({ webhookId: id, event: type, body })),
        select: { id: true },
      });
      await this.#add(db, made);
      return made.length;
    });
  }

  async acceptFor(webhookId: string, { type, body }: { type: string; body: string }): Promise<DeliveryRecord> {
    return await this.#inOne(async (db) => {
      const made = await db.webhookDelivery.create({ data: { webhookId, event: type, body } });
      await this.#add(db, [made]);
      return made;
    });
  }

  async again(webhookId: string, deliveryId: string): Promise<DeliveryRecord | undefined> {
    if (!isId(deliveryId)) return undefined;
    return await this.#inOne(async (db) => {
      const [found] = await db.webhookDelivery.updateManyAndReturn({
        where: { id: deliveryId, webhookId },
        data: { status: 'pending' },
      });
      if (found) await this.#add(db, [found]);
      return found;
    });
  }

  async list(webhookId: string, { limit, after }: ListPage) {
    if (after !== undefined && !isId(after)) return [];
    return await this.#db.webhookDelivery.findMany({
      where: { webhookId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
      ...(after !== undefined && { cursor: { id: after }, skip: 1 }),
    });
  }

  async due(deliveryId: string): Promise<DueDelivery | undefined> {
    const found = await this.#db.webhookDelivery.findUnique({
      where: { id: deliveryId },
      select: {
        id: true,
        event: true,
        body: true,
        webhook: {
          select: { id: true, url: true, isActive: true, user: { select: { disabledAt: true } }, ...secrets },
        },
      },
    });
    if (found === null) return undefined;
    const { user, ...webhook } = found.webhook;
    return { ...found, webhook: { ...webhook, isAccountDisabled: user.disabledAt !== null } };
  }

  async attempted(deliveryId: string, result: AttemptResult): Promise<void> {
    await this.#db.webhookDelivery.updateMany({
      where: { id: deliveryId },
      data: { ...result, attempts: { increment: 1 } },
    });
  }

  async forget(before: Date): Promise<number> {
    return (await this.#db.webhookDelivery.deleteMany({ where: { createdAt: { lt: before } } })).count;
  }

  async onDue(attempt: (deliveryId: string, isLast: boolean) => Promise<'done' | 'again'>): Promise<void> {
    await this.#define();
    await this.#adoptOrphans();
    await this.#jobs.work<Item>(QUEUE, WORK, ({ deliveryId }, isLast) => attempt(deliveryId, isLast));
    await this.#jobs.work<Item>(GIVEN_UP, WORK, async ({ deliveryId }) => {
      await this.#db.webhookDelivery.updateMany({
        where: { id: deliveryId, status: 'pending' },
        data: { status: 'failed', problem: 'the server stopped during the last attempt' },
      });
      return 'done';
    });
  }

  /** A backup has what is to be delivered, and not the jobs that do it. */
  async #adoptOrphans(): Promise<void> {
    await this.#inOne(async (db) => {
      await db.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${ADOPTION_LOCK}::bigint)`;
      const orphans = await db.$queryRaw<{ id: string }[]>`
        SELECT d.id FROM webhook_deliveries d
        WHERE d.status = 'pending' AND NOT EXISTS (
          SELECT 1 FROM pgboss.job j
          WHERE j.name IN (${QUEUE}, ${GIVEN_UP}) AND j.state <= 'active' AND j.data->>'deliveryId' = d.id::text)`;
      if (orphans.length > 0) await this.#add(db, orphans);
    });
  }

  async #inOne<T>(work: (db: Transaction) => Promise<T>): Promise<T> {
    await this.#define();
    return await this.#db.$transaction(work);
  }

  async #add(db: Transaction, deliveries: readonly { readonly id: string }[]): Promise<void> {
    const items: Item[] = deliveries.map(({ id }) => ({ deliveryId: id }));
    await this.#jobs.add(QUEUE, items, fromPrisma(db));
  }

  #define(): Promise<void> {
    this.#defined ??= this.#defineBoth().catch((error: unknown) => {
      this.#defined = undefined;
      throw error;
    });
    return this.#defined;
  }

  async #defineBoth(): Promise<void> {
    await this.#jobs.define(GIVEN_UP, GIVEN_UP_RULES);
    await this.#jobs.define(QUEUE, { ...RULES, deadLetter: GIVEN_UP });
  }
}
