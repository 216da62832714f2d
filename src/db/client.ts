import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type PoolConfig } from 'pg';
import type { Log } from '../log.ts';
import { Prisma, PrismaClient } from './generated/client.ts';

export type DbClient = PrismaClient;

/** Joins write two short rows each; more connections than this only queue in the disk instead. */
const POOL_SIZE = 10;

/** Disconnecting it closes its connections. */
export function createClient({ connection, log }: { connection: PoolConfig; log: Log }): DbClient {
  const pool = new Pool({ ...connection, max: POOL_SIZE });
  pool.on('error', ({ message }) => {
    // Only its message: the error holds the whole connection.
    if (!pool.ending) log.warn({ reason: message }, 'lost an idle database connection');
  });
  return new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }), errorFormat: 'minimal' });
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
