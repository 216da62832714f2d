import { pino } from 'pino';
import { expect, it } from 'vitest';
import { LocalStorage } from '#src/storage/local-storage.ts';
import { StorageWatch } from '#src/storage/storage-watch.ts';

class CountedStorage extends LocalStorage {
  asked = 0;
  found: true | string = 'there is no bucket';

  override async check(): Promise<true | string> {
    this.asked += 1;
    return this.found;
  }
}

it('what is wrong is said once at the start, and asked for again at most every half minute', async () => {
  const lines: string[] = [];
  const storage = new CountedStorage('/nonexistent');
  let nowMs = 0;
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const watch = new StorageWatch({ storage, log, now: () => nowMs });
  await watch.start();
  for (let times = 0; times < 10; times += 1) expect(await watch.state()).toBe('there is no bucket');
  expect(lines.filter((line) => line.includes('there is no bucket'))).toHaveLength(1);
  expect(storage.asked).toBe(1);
  storage.found = true;
  nowMs = 30_000;
  expect([await watch.state(), storage.asked]).toEqual([true, 2]);
  watch.close();
});
