import { fromPrisma } from 'pg-boss';
import type {
  AttemptEnd,
  DueJob,
  JobDraft,
  JobKind,
  JobLeases,
  JobQuery,
  JobRecord,
  JobStore,
  ListedJob,
} from '../jobs/ports.ts';
import { type DbClient, isId, isTaken, isWithoutParent } from './client.ts';
import type { Prisma } from './generated/client.ts';
import type { JobQueue } from './job-queue.ts';

/**
 * The queue knows who lives and whose turn it is, the row what became of it. A worker that died is found out within
 * 15 seconds: ten without a heartbeat, and whoever supervises looks each five.
 */
const RULES = { expireInSeconds: 86_400, heartbeatSeconds: 10, retryLimit: 1_000_000, retryDelay: 0 };
/**
 * New jobs wake whoever waits; this is for those whose transcoder died. Each of the many that make thumbnails looks for
 * himself, and that need not be soon.
 */
const LOOK_SECONDS: Readonly<Record<JobKind, number>> = { live: 2, renditions: 2, pictures: 2, thumbnails: 30 };

/** Any number: of transcoders that start at once, one adopts. */
const ADOPTION_LOCK = 0x0f5e_7003;
const OPEN = ['queued', 'running'] as const;
const SETTLED = ['failed', 'cancelled'] as const;
const DIED = 'the transcoder ended in the middle of it';
const ADD_TRIES = 3;

const withSlug = { channel: { select: { slug: true } } } as const satisfies Prisma.JobInclude;
const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;

type Transaction = Parameters<Parameters<DbClient['$transaction']>[0]>[0];

const queueOf = (kind: JobKind) => `jobs-${kind}`;

/** Jobs of transcoders. Rows and what the queue holds of them: made together or not at all. */
export class DbJobs implements JobStore, JobLeases {
  readonly #db: DbClient;
  readonly #queue: JobQueue;
  readonly #defined = new Map<JobKind, Promise<void>>();

  constructor(db: DbClient, queue: JobQueue) {
    this.#db = db;
    this.#queue = queue;
  }

  async add(draft: JobDraft): Promise<{ job: JobRecord; isNew: boolean } | undefined> {
    // What was in the way may end before it is looked at.
    for (let tries = 1; ; tries += 1) {
      try {
        return { job: await this.#create(draft), isNew: true };
      } catch (error) {
        if (isWithoutParent(error)) return undefined;
        if (!isTaken(error) || tries === ADD_TRIES) throw error;
      }
      const { kind, recordingId, streamId } = draft;
      const subject = recordingId === undefined ? { streamId: streamId ?? null } : { recordingId };
      const job = await this.#db.job.findFirst({ where: { kind, ...subject, status: { in: [...OPEN] } } });
      if (job) return { job, isNew: false };
    }
  }

  async byId(id: string): Promise<ListedJob | undefined> {
    const found = isId(id) ? await this.#db.job.findUnique({ where: { id }, include: withSlug }) : null;
    return found ? listed(found) : undefined;
  }

  async latest(kind: JobKind, recordingIds: readonly string[]): Promise<ReadonlyMap<string, JobRecord>> {
    const rows = await this.#db.job.findMany({
      where: { kind, recordingId: { in: [...recordingIds] } },
      distinct: ['recordingId'],
      orderBy: { id: 'desc' },
    });
    return new Map(rows.flatMap((row) => (row.recordingId === null ? [] : [[row.recordingId, row]])));
  }

  async list({ ownerId, kinds, status, recordingId, limit, after }: JobQuery): Promise<readonly ListedJob[]> {
    if ((after !== undefined && !isId(after)) || (recordingId !== undefined && !isId(recordingId))) return [];
    const rows = await this.#db.job.findMany({
      where: {
        kind: { in: [...kinds] },
        ...(ownerId !== undefined && { channel: { ownerId } }),
        ...(status !== undefined && { status }),
        ...(recordingId !== undefined && { recordingId }),
        ...(after !== undefined && { id: { lt: after } }),
      },
      orderBy: { id: 'desc' },
      take: limit,
      include: withSlug,
    });
    return rows.map(listed);
  }

  async cancel(id: string): Promise<ListedJob | undefined> {
    if (!isId(id)) return undefined;
    const data = { status: 'cancelled', endedAt: new Date() } as const;
    await this.#db.job.updateMany({ where: { id, status: { in: [...OPEN] } }, data });
    return await this.byId(id);
  }

  async retry(id: string): Promise<ListedJob | 'taken' | undefined> {
    if (!isId(id)) return undefined;
    const data = { failures: 0, problem: null, endedAt: null, startedAt: null };
    try {
      await this.#enqueue({ id, status: { in: [...SETTLED] } }, data);
      return await this.byId(id);
    } catch (error) {
      if (isTaken(error)) return 'taken';
      throw error;
    }
  }

  async onDue(kind: JobKind, concurrency: number, work: (due: DueJob) => Promise<'done' | 'again'>): Promise<void> {
    await this.#define(kind);
    await this.#adoptOrphans(kind);
    await this.#queue.work<DueJob>(queueOf(kind), { concurrency, lookSeconds: LOOK_SECONDS[kind] }, work);
  }

  async begin({ jobId: id, turn }: DueJob): Promise<{ job: JobRecord; hasDied: boolean } | undefined> {
    const data = { status: 'running', attempt: { increment: 1 }, progress: 0, startedAt: new Date() } as const;
    const [queued] = await this.#db.job.updateManyAndReturn({ where: { id, turn, status: 'queued' }, data });
    if (queued) return { job: queued, hasDied: false };
    const [left] = await this.#db.job.updateManyAndReturn({
      where: { id, turn, status: 'running' },
      data: { ...data, failures: { increment: 1 }, problem: DIED },
    });
    return left && { job: left, hasDied: true };
  }

  async beat(id: string, attempt: number, progress: number): Promise<boolean> {
    return (await this.#db.job.updateMany({ where: held(id, attempt), data: { progress } })).count > 0;
  }

  async end(id: string, attempt: number, { status, problem }: AttemptEnd): Promise<JobRecord | undefined> {
    const failures = status === 'failed' ? { failures: { increment: 1 } } : { progress: 1 };
    const data = { status, problem, endedAt: new Date(), ...failures };
    const [ended] = await this.#db.job.updateManyAndReturn({ where: held(id, attempt), data });
    return ended;
  }

  async again(
    id: string,
    attempt: number,
    { problem, delaySeconds }: { problem: string | null; delaySeconds: number },
  ): Promise<boolean> {
    const data = problem === null ? {} : { problem, failures: { increment: 1 } };
    return (await this.#enqueue(held(id, attempt), data, delaySeconds)) !== undefined;
  }

  async forget(now: Date): Promise<void> {
    const before = (days: number) => ({ lt: new Date(now.getTime() - days * DAY_MS) });
    const ofStreams = { recordingId: null, endedAt: before(1) };
    await this.#db.job.deleteMany({ where: { OR: [ofStreams, { endedAt: before(KEPT_DAYS) }] } });
  }

  async #create({ detail = {}, ...draft }: JobDraft): Promise<JobRecord> {
    await this.#define(draft.kind);
    return await this.#db.$transaction(async (db) => {
      const job = await db.job.create({ data: { ...draft, detail: { ...detail } as Prisma.JsonObject } });
      await this.#put(db, job);
      return job;
    });
  }

  /** Of those that match, which is one or none. */
  async #enqueue(
    where: Prisma.JobWhereInput,
    data: Prisma.JobUpdateManyMutationInput,
    delaySeconds = 0,
  ): Promise<JobRecord | undefined> {
    const kind = (await this.#db.job.findFirst({ where, select: { kind: true } }))?.kind;
    if (kind === undefined) return undefined;
    await this.#define(kind);
    return await this.#db.$transaction(async (db) => {
      const queued = { ...data, status: 'queued', progress: 0, turn: { increment: 1 } } as const;
      const [job] = await db.job.updateManyAndReturn({ where, data: queued });
      if (job) await this.#put(db, job, delaySeconds);
      return job;
    });
  }

  /** A backup has the rows, and not the queue. */
  async #adoptOrphans(kind: JobKind): Promise<void> {
    await this.#db.$transaction(async (db) => {
      await db.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${ADOPTION_LOCK}::bigint)`;
      const orphans = await db.$queryRaw<{ id: string; turn: number }[]>`
        SELECT own.id, own.turn FROM jobs own
        WHERE own.kind = ${kind}::job_kind AND own.status IN ('queued', 'running') AND NOT EXISTS (
          SELECT 1 FROM pgboss.job held WHERE held.name = ${queueOf(kind)} AND held.state <= 'active'
            AND held.data->>'jobId' = own.id::text AND (held.data->>'turn')::int = own.turn)`;
      for (const { id, turn } of orphans) await this.#put(db, { id, kind, turn });
    });
  }

  async #put(db: Transaction, job: Pick<JobRecord, 'id' | 'kind'> & { turn: number }, delaySeconds = 0): Promise<void> {
    const due: DueJob = { jobId: job.id, turn: job.turn };
    await this.#queue.add(queueOf(job.kind), [due], fromPrisma(db), delaySeconds);
  }

  #define(kind: JobKind): Promise<void> {
    const defined =
      this.#defined.get(kind) ??
      this.#queue.define(queueOf(kind), RULES).catch((error: unknown) => {
        this.#defined.delete(kind);
        throw error;
      });
    this.#defined.set(kind, defined);
    return defined;
  }
}

function listed({ channel, turn: _, ...job }: Prisma.JobGetPayload<{ include: typeof withSlug }>): ListedJob {
  return { ...job, channelSlug: channel.slug };
}

const held = (id: string, attempt: number) => ({ id, attempt, status: 'running' }) as const;
