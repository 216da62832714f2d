import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { liveDashPrefix, liveIndexKey } from '../../../src/dash/live-files.ts';
import { readLiveIndex } from '../../../src/dash/live-index.ts';
import { LocalStorage } from '../../../src/storage/local-storage.ts';
import { LivePresentation } from '../../../transcoder/live/live-presentation.ts';
import { afterTest } from '../../support/after-test.ts';

const streamId = '0193f000-0000-7000-8000-000000000001';
const sound = {
  id: 'audio',
  kind: 'audio',
  codecs: 'opus',
  bitrateBps: 96_000,
  init: 'init-0a.webm',
  initBytes: Uint8Array.of(1),
} as const;

let storage: LocalStorage;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-live-'));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  storage = new LocalStorage(folder);
});

const open = (windowSeconds = 60) => LivePresentation.open({ storage, streamId, windowSeconds });
const second = (number: number) => ({
  number,
  frames: new Map([['audio', [{ ms: number * 1_000, isKey: true, data: Uint8Array.of(7) }]]]),
});

async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of storage.list(liveDashPrefix(streamId))) found.push(key);
  return found.map((key) => key.slice(liveDashPrefix(streamId).length)).toSorted();
}

const index = async () => readLiveIndex(await readFile(storage.localFile(liveIndexKey(streamId)), 'utf8'));

test('another process goes on where one was killed: same clock, next number', async () => {
  const first = await open();
  for (const number of [7, 8]) await first.publish(second(number), [sound], 1_000);
  const other = await open();
  expect(other.next).toBe(9);
  await other.publish(second(12), [sound], 5_000);
  await other.end();
  expect(await index()).toMatchObject({
    startedAtMs: 1_000,
    hasEnded: true,
    periods: [
      { first: 7, end: 9 },
      { first: 12, end: 13 },
    ],
  });
});

test('what has left the window is removed, a little later', async () => {
  const presentation = await open(3);
  for (let number = 100; number < 120; number += 1) await presentation.publish(second(number), [sound], 0);
  const kept = Array.from({ length: 13 }, (_, at) => `audio/${107 + at}.webm`);
  expect(await names()).toEqual([...kept, 'audio/init-0a.webm', 'index.json']);
});

test('a hole leaves nothing behind that nobody removes', async () => {
  const presentation = await open(3);
  for (const number of [100, 101, 102, 103, 110, 120]) await presentation.publish(second(number), [sound], 0);
  expect(await names()).toEqual(['audio/110.webm', 'audio/120.webm', 'audio/init-0a.webm', 'index.json']);
});

test('an index that is none begins anew', async () => {
  await storage.put(liveIndexKey(streamId), Buffer.from('{'));
  expect((await open()).next).toBe(0);
});
