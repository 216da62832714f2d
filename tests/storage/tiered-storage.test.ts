import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { LocalStorage } from '#src/storage/local-storage.ts';
import { TieredStorage } from '#src/storage/tiered-storage.ts';
import { afterTest } from '../support/after-test.ts';
import { listed, storageContract } from './storage-contract.ts';

/** Another folder stands for the bucket: what it is, is of no matter here. */
function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-tiers-'));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  const [here, there] = [join(folder, 'here'), join(folder, 'there')] as const;
  for (const one of [here, there]) mkdirSync(one);
  const bucket = new LocalStorage(there);
  return { folder, here, bucket, storage: new TieredStorage({ local: new LocalStorage(here), bucket }) };
}

storageContract('a bucket with a folder before it', async () => opened());

describe('a file that was written to this machine', () => {
  const key = `recordings/${randomUUID()}/0000.webm`;
  let tiers: ReturnType<typeof opened>;

  beforeEach(() => {
    tiers = opened();
    const path = join(tiers.here, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'pictures');
  });

  const read = async () => {
    const found = await tiers.storage.read(key);
    return found && text(found);
  };

  it('is found before it is moved and after, and is nowhere twice', async () => {
    const { storage, bucket, here } = tiers;
    expect([await read(), await bucket.head(key)]).toEqual(['pictures', undefined]);
    expect(storage.localFile(key)).toBe(join(here, key));
    expect(await storage.moveOut(key)).toBe('moved');
    expect([await read(), await bucket.head(key)]).toMatchObject(['pictures', { bytes: 8 }]);
    expect([storage.localFile(key), existsSync(join(here, key))]).toEqual([undefined, false]);
    expect(await listed(storage, 'recordings/')).toHaveLength(1);
    expect(await storage.moveOut(key)).toBe('moved');
  });

  it('is listed once while it is on both sides', async () => {
    await tiers.bucket.put(key, Buffer.from('pictures'));
    expect(await listed(tiers.storage, 'recordings/')).toHaveLength(1);
  });

  it('stays where it is until the bucket has all of it', async () => {
    const { storage, bucket, here } = tiers;
    const stop = AbortSignal.abort(new Error('the server stops'));
    rmSync(join(here, '../there'), { recursive: true });
    writeFileSync(join(here, '../there'), 'no folder');
    await expect(storage.moveOut(key, stop)).rejects.toThrow();
    expect(await read()).toBe('pictures');
    rmSync(join(here, '../there'));
    await bucket.put(key, Buffer.from('half'));
    expect(await storage.moveOut(key)).toBe('moved');
    expect(await read()).toBe('pictures');
  });

  it('is deleted on both sides', async () => {
    const { storage, bucket, here } = tiers;
    await bucket.put(key, Buffer.from('pictures'));
    await storage.deletePrefix(`${dirname(key)}/`);
    expect([existsSync(join(here, key)), await bucket.head(key)]).toEqual([false, undefined]);
    expect(await storage.moveOut(key)).toBe('gone');
  });
});

it('what lives as long as a stream stays on this machine', async () => {
  const { storage, bucket, here } = opened();
  const key = `live/${randomUUID()}/thumbnail.webp`;
  await storage.put(key, Buffer.from('webp'), { type: 'image/webp' });
  expect([existsSync(join(here, key)), await bucket.head(key)]).toEqual([true, undefined]);
  expect(storage.localFile(key)).toBe(join(here, key));
});
