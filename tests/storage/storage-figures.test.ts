import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { storageFigures } from '#src/storage/storage-figures.ts';
import { afterTest } from '../support/after-test.ts';

it('what is kept is counted by kind, with what there is room for', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-figures-'));
  afterTest(() => rmSync(dataDir, { recursive: true, force: true }));
  for (const [folder, size] of [
    ['live/s1/dash', 300],
    ['images/c1', 70],
    ['postgres', 9_000],
  ] as const) {
    mkdirSync(join(dataDir, folder), { recursive: true });
    writeFileSync(join(dataDir, folder, 'file'), Buffer.alloc(size));
  }
  const given = {
    ...{ dataDir, place: 'the data folder', isBucket: false },
    state: async () => 'ok',
    kept: async () => ({ recordings: 5_000, renditions: 400, waiting: 5_000 }),
    databaseBytes: async () => undefined,
  };
  const figures = await storageFigures(given);
  expect(figures).toMatchObject({
    ...{ place: 'the data folder', isBucket: false, state: 'ok', waitingBytes: 0 },
    bytes: { recordings: 5_000, renditions: 400, live: 300, images: 70, database: null },
  });
  expect(figures.disk?.freeBytes).toBeGreaterThan(0);
  expect(figures.disk?.totalBytes).toBeGreaterThanOrEqual(figures.disk?.freeBytes ?? 0);
  expect(await storageFigures({ ...given, isBucket: true })).toMatchObject({ waitingBytes: 5_000 });
});

it('what is not there counts nothing', async () => {
  const given = { dataDir: '/nonexistent', place: 'x', isBucket: false };
  const kept = async () => ({ recordings: 0, renditions: 0, waiting: 0 });
  const figures = await storageFigures({ ...given, kept, state: async () => 'ok', databaseBytes: async () => 7 });
  expect(figures).toMatchObject({ bytes: { live: 0, images: 0, database: 7 }, disk: null });
});
