import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkArchive } from '../../backup/archive.ts';
import { createLog } from '../../log.ts';
import { type Asked, type Command, given } from '../command.ts';
import { restore } from '../restore.ts';
import { ServerLink } from '../server-link.ts';

export const backupCommands: readonly Command[] = [
  {
    name: 'backup',
    takes: ['file'],
    summary: 'All that can not be made again, in one file; in a folder under the name of the moment. Streams go on.',
    run: runBackup,
  },
  {
    name: 'restore',
    takes: ['file'],
    summary: 'Puts a backup in an empty DATA_DIR or DATABASE_URL. The server must be stopped.',
    options: { force: { type: 'boolean', help: 'in place of all that is there' } },
    run: runRestore,
  },
];

async function runBackup(asked: Asked) {
  const path = await pathFor(given(asked, 0));
  const part = `${path}.part`;
  try {
    const bytes = await (await asked.server()).send('GET', '/admin/backup');
    await pipeline(bytes, createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }));
    // What can not be read again is no backup.
    const { header, counts } = await checkArchive(part);
    await rename(part, path);
    const secret =
      'It holds the key of the webhooks’ secrets and all that is private here: keep it as you keep a password.';
    return {
      data: { path, ...header, ...counts },
      text: `${path}: ${counts.row} rows, ${counts.file} files.\n${secret}`,
    };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function pathFor(word: string): Promise<string> {
  const path = resolve(word);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  return isFolder ? join(path, `freshet-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.backup`) : path;
}

async function runRestore(asked: Asked) {
  const { config, flags } = asked;
  if (await ServerLink.toRunning(config)) throw new Error('The server runs. Stop it first.');
  const log = createLog({ level: 'silent', pretty: false });
  const path = resolve(given(asked, 0));
  const restored = await restore({ path, isForced: flags.has('force'), config, log });
  const { madeAt, rows, files, hasKey } = restored;
  const key =
    hasKey || config.secretsKey !== undefined
      ? ''
      : '\nIt has no secrets.key: start the server with the SECRETS_KEY that it was made with, or rotate the webhooks’ secrets.';
  return { data: restored, text: `Restored as of ${madeAt}: ${rows} rows, ${files} files.${key}` };
}
