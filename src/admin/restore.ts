import { checkArchive, openArchive } from '../backup/archive.ts';
import { IncomingFiles } from '../backup/files.ts';
import type { Entry } from '../backup/ports.ts';
import type { Config } from '../config.ts';
import { MIGRATIONS, reachPostgres } from '../db/database.ts';
import { checkSchema, isEmpty, restoreRows } from '../db/restore.ts';
import type { Log } from '../log.ts';

export interface Restored {
  readonly madeAt: string;
  readonly rows: number;
  readonly files: number;
  /** Of the webhooks' secrets. */
  readonly hasKey: boolean;
}

/**
 * Puts a backup in place of what DATA_DIR, or the database of DATABASE_URL, has. The backup is read to its end first;
 * whatever fails, all is as it was. No server may run meanwhile.
 */
export async function restore(options: {
  readonly path: string;
  readonly isForced: boolean;
  readonly config: Pick<Config, 'dataDir' | 'databaseUrl'>;
  readonly log: Log;
}): Promise<Restored> {
  const { path, isForced, config, log } = options;
  const { header, counts } = await checkArchive(path);
  await checkSchema(header, MIGRATIONS);
  const postgres = await reachPostgres({ config, log });
  const files = new IncomingFiles(config.dataDir);
  let hasKey = false;
  try {
    if (!isForced && !(await isEmpty(postgres.connection))) {
      throw new Error('There are accounts here already. With --force the backup takes the place of all that is here.');
    }
    await files.open();
    const { entries } = await openArchive(path);
    await restoreRows({
      connection: postgres.connection,
      folder: MIGRATIONS,
      header,
      entries: apart(entries, async (file) => {
        hasKey ||= file.name === 'secrets.key';
        await files.write(file);
      }),
      beforeCommit: () => files.putInPlace(),
    }).catch(async (error: unknown) => {
      await files.takeBack();
      throw error;
    });
  } finally {
    await files.close();
    await postgres.embedded?.close();
  }
  return { madeAt: header.madeAt, rows: counts.row, files: counts.file, hasKey };
}

/** Files go to `take`, the rest on. */
async function* apart(entries: AsyncIterable<Entry>, take: (file: Entry) => Promise<void>): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    if (entry.kind === 'file') await take(entry);
    else yield entry;
  }
}
