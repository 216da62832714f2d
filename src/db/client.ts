import { PrismaPg } from '@prisma/adapter-pg';
import { type ClientBase, Pool, type PoolConfig } from 'pg';
import type { Log } from '../log.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import type { DatabaseMeter, DatabaseReport } from './ports.ts';
import { StatementNames } from './statement-names.ts';
import { SteadyClient } from './steady-client.ts';

export type DbClient = PrismaClient;

/** Joins write two short rows each; more connections than this only queue in the disk instead. */
const POOL_SIZE = 10;

interface ClientOptions {
  readonly connection: PoolConfig;
  readonly log: Log;
  readonly meter?: DatabaseMeter | undefined;
  /** Each connection is one of PostgreSQL's own; a pooler between may hand out another for each query. */
  readonly isDirect?: boolean;
  readonly poolSize?: number | undefined;
}

/** Disconnecting the client closes its connections. */
export function createClient({ connection, log, meter, isDirect = false, poolSize = POOL_SIZE }: ClientOptions): {
  readonly client: DbClient;
  readonly connections: () => DatabaseReport['connections'];
} {
  const pool = new Pool({ ...connection, max: poolSize, Client: SteadyClient });
  pool.on('error', ({ message }) => {
    // Only its message: the error holds the whole connection.
    if (!pool.ending) log.warn({ reason: message }, 'lost an idle database connection');
  });
  if (meter) meterUse(pool, meter);
  const names = isDirect ? new StatementNames() : undefined;
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    ...(names && { statementNameGenerator: ({ sql }) => names.of(sql) }),
  });
  return {
    client: new PrismaClient({ adapter, errorFormat: 'minimal' }),
    connections: () => {
      const { totalCount, idleCount, waitingCount } = pool;
      return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    },
  };
}

function meterUse(pool: Pool, meter: DatabaseMeter): void {
  const takenMs = new WeakMap<ClientBase, number>();
  pool.on('acquire', (client) => takenMs.set(client, performance.now()));
  pool.on('release', (_error, client) => {
    const sinceMs = takenMs.get(client);
    if (sinceMs !== undefined) meter.used((performance.now() - sinceMs) / 1000);
  });
}

/** Prisma's codes: https://www.prisma.io/docs/orm/reference/error-reference */
export const isTaken = (error: unknown) => hasCode(error, 'P2002');
export const isWithoutParent = (error: unknown) => hasCode(error, 'P2003');

const hasCode = (error: unknown, code: string) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Ids come from the addresses of requests too; PostgreSQL would not compare another text with an id, but fail. */
export const isId = (text: string) => UUID.test(text);

/** No text in the database has this character, and PostgreSQL fails on being asked for it. */
export const hasNul = (text: string) => text.includes('\0');

/** Bytes as the client takes them. */
export const bytes = (hash: Uint8Array) => new Uint8Array(hash);

/** For a `contains`: PostgreSQL's wildcards are letters in what somebody looks for. */
export const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&');
