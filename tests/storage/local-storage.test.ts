import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStorage } from '#src/storage/open-storage.ts';
import { afterTest } from '../support/after-test.ts';
import { listed, storageContract } from './storage-contract.ts';

const ID = '6a1f7a52-6a0c-4c4e-9d0e-0d8f3f1f2a10';

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-storage-'));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  return { storage: await openStorage({ dataDir: folder }), folder };
}

storageContract('a local folder', open);

it('a local folder says where its files are, for those who need no copy', async () => {
  const { storage, folder } = await open();
  expect(storage.localFile(`recordings/${ID}/0000.webm`)).toBe(join(folder, 'recordings', ID, '0000.webm'));
  expect(() => storage.localFile('../secrets.key')).toThrow(RangeError);
});

it('what a crash left half written goes after a day, and nothing else', async () => {
  const { storage, folder } = await open();
  const recording = join(folder, 'recordings', ID);
  mkdirSync(recording, { recursive: true });
  const [old, fresh] = ['a', 'b'].map((letter) => `.${letter.repeat(8)}${ID.slice(8)}.part`) as [string, string];
  for (const name of [old, fresh, '0000.webm', '.keep']) writeFileSync(join(recording, name), 'x');
  const yesterday = Date.now() / 1000 - 90_000;
  for (const name of [old, '0000.webm', '.keep']) utimesSync(join(recording, name), yesterday, yesterday);
  expect(await listed(storage, `recordings/${ID}/`)).toHaveLength(1);
  await storage.removeLeftovers(new Date());
  expect(readdirSync(recording).sort()).toEqual([fresh, '.keep', '0000.webm'].sort());
});

it('a disk that is gone is told in a sentence', async () => {
  const { storage, folder } = await open();
  rmSync(folder, { recursive: true });
  expect(await storage.check()).toBe('the data folder can not be written to');
});
