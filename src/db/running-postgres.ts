import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedConnection } from './embedded-postgres.ts';

/** In PostgreSQL's own file about itself, counted from 0: the folder of its socket. */
const SOCKET_FOLDER_LINE = 4;

/** How to reach the embedded PostgreSQL of a server that runs on `dataDir`. Throws where none does. */
export async function findRunningPostgres(dataDir: string): Promise<EmbeddedConnection> {
  const about = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8').catch(() => '');
  const host = about.split('\n')[SOCKET_FOLDER_LINE]?.trim();
  if (!host) throw new Error(`no Freshet runs on ${dataDir}: start one, or set DATABASE_URL and the S3 variables`);
  return { host, user: 'freshet', database: 'postgres' };
}
