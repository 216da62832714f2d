import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArchiveError, checkArchive, openArchive, writeArchive } from '../../src/backup/archive.ts';
import type { Entry } from '../../src/backup/ports.ts';
import { newFolder } from '../support/database.ts';

const header = { madeAt: '2026-11-21T20:00:00.000Z', migrations: [{ name: 'init', checksum: 'abc' }] };
const entries: readonly Entry[] = [
  { kind: 'file', name: 'secrets.key', text: Buffer.from('key').toString('base64') },
  // What other readers of lines take for an end of one.
  {
    kind: 'row',
    name: 'channels',
    text: JSON.stringify({ title: 'a\u2028b\u2029c\u0085d\ve', tab: '\t', line: '\r\n' }),
  },
  { kind: 'row', name: 'channels', text: JSON.stringify({ title: 'x'.repeat(300_000) }) },
  { kind: 'sequence', name: 'numbers', text: '9007199254740993' },
];

let folder: string;
let path: string;
let whole: Buffer;

async function* all() {
  yield* entries;
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

beforeAll(async () => {
  folder = await newFolder();
  path = join(folder, 'a.backup');
  whole = Buffer.concat(await allOf(writeArchive(header, all())));
});
afterAll(() => rm(folder, { recursive: true }));

async function checked(bytes: Uint8Array): Promise<unknown> {
  await writeFile(path, bytes);
  return await checkArchive(path).catch((error: unknown) => error);
}

it('what was written is read again, to the character', async () => {
  await writeFile(path, whole);
  const read = await openArchive(path);
  expect(read.header).toEqual(header);
  expect(await allOf(read.entries)).toEqual(entries);
  expect((await checkArchive(path)).counts).toEqual({ file: 1, row: 2, sequence: 1 });
});

it('wherever it is cut off, it is no backup', async () => {
  for (let length = 0; length < whole.length; length += 3) {
    expect(await checked(whole.subarray(0, length)), `${length} bytes`).toBeInstanceOf(ArchiveError);
  }
});

it('whichever byte is another, it is noticed', async () => {
  for (let place = 0; place < whole.length; place += 3) {
    const bytes = Buffer.from(whole);
    bytes[place] = (bytes[place] ?? 0) ^ 0x41;
    const outcome = await checked(bytes);
    // The head of gzip has a time and the name of a system, of which nothing depends.
    if (!(outcome instanceof ArchiveError)) expect(place, String(outcome)).toBeLessThan(10);
  }
});

it('a file that is something else is told as that', async () => {
  expect(await checked(Buffer.from('hello'))).toMatchObject({
    message: expect.stringContaining('no backup of Freshet'),
  });
  await rm(path);
  await expect(checkArchive(path)).rejects.toThrow('There is no file');
});

it('a source that fails fails the writing, so that no end is written', async () => {
  async function* failing(): AsyncGenerator<Entry> {
    yield* entries.slice(0, 1);
    throw new Error('the database is gone');
  }
  await expect(allOf(writeArchive(header, failing()))).rejects.toThrow('the database is gone');
});
