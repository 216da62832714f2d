import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import type { Entry, Header } from './ports.ts';

export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const FIRST_WORD = 'freshet-backup';
const VERSION = 1;
const header = z.object({
  madeAt: z.string(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
});

/**
 * A backup as a file: compressed lines of words with tabs between, the last of which proves that all before is there
 * and unchanged. `zcat` shows it.
 */
export async function* writeArchive(begin: Header, entries: AsyncIterable<Entry>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  const lines = pipeline(archiveLines(begin, entries), gzip, () => {});
  yield* lines;
}

async function* archiveLines(begin: Header, entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const line = (...words: string[]) => {
    const text = `${words.join('\t')}\n`;
    hash.update(text);
    return text;
  };
  yield line(FIRST_WORD, String(VERSION), JSON.stringify(begin));
  for await (const { kind, name, text } of entries) yield line(kind, name, text);
  yield `end\t${hash.digest('hex')}\n`;
}

/** The header, and how many of each kind there are. Throws an `ArchiveError` unless all of it is there and unchanged. */
export async function checkArchive(path: string): Promise<{ header: Header; counts: Record<Entry['kind'], number> }> {
  const counts = { row: 0, sequence: 0, file: 0 };
  const opened = await openArchive(path);
  for await (const { kind } of opened.entries) counts[kind] += 1;
  return { header: opened.header, counts };
}

/** Its entries as they come; that the end is missing is known at the end only. */
export async function openArchive(path: string): Promise<{ header: Header; entries: AsyncGenerator<Entry> }> {
  const lines = readLines(path);
  const first = await lines.next();
  const [word, version, text = ''] = (first.done ? '' : first.value).split('\t');
  if (word !== FIRST_WORD) throw new ArchiveError(`${path} is no backup of Freshet.`);
  if (version !== String(VERSION)) throw new ArchiveError(`${path} was made by a newer Freshet than this one.`);
  const hash = createHash('sha256').update(`${first.value}\n`);
  return { header: readHeader(path, text), entries: readEntries(path, lines, hash) };
}

function readHeader(path: string, text: string): Header {
  try {
    return header.parse(JSON.parse(text));
  } catch (cause) {
    throw new ArchiveError(`${path} was changed since it was made.`, { cause });
  }
}

async function* readEntries(
  path: string,
  lines: AsyncGenerator<string>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Entry> {
  for await (const line of lines) {
    const [kind = '', name = '', text = ''] = line.split('\t');
    if (kind === 'end') {
      const isWhole = name === hash.digest('hex') && (await lines.next()).done;
      if (!isWhole) throw new ArchiveError(`${path} was changed since it was made.`);
      return;
    }
    if (kind !== 'row' && kind !== 'sequence' && kind !== 'file') {
      throw new ArchiveError(`${path} has what no backup has.`);
    }
    hash.update(`${line}\n`);
    yield { kind, name, text };
  }
  throw new ArchiveError(`${path} is not complete: its end is missing.`);
}

/** Not by `node:readline`, to which some characters inside of JSON end a line too. */
async function* readLines(path: string): AsyncGenerator<string> {
  // What went wrong is thrown by the loop.
  const unzipped = pipeline(createReadStream(path), createGunzip(), () => {}).setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of unzipped) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw explained(path, error);
  }
}

/** What zlib says of a file that is cut off or damaged helps nobody. */
function explained(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') return new ArchiveError(`There is no file ${path}.`, { cause });
  if (code === 'Z_BUF_ERROR') return new ArchiveError(`${path} is not complete: its end is missing.`, { cause });
  if (code.startsWith('Z_')) return new ArchiveError(`${path} is damaged, or no backup of Freshet.`, { cause });
  return cause;
}
