import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Storage, StoredObject } from '#src/storage/ports.ts';

/** What holds for every storage, wherever it keeps things. Opened once for each test, and empty then. */
export function storageContract(name: string, open: () => Promise<{ storage: Storage; folder: string }>): void {
  describe(name, () => {
    const type = 'video/webm';
    const id = randomUUID();
    const key = `recordings/${id}/0000.webm`;
    let storage: Storage;
    let folder: string;

    beforeEach(async () => {
      ({ storage, folder } = await open());
    });

    const bytesOf = async (of: string) => {
      const found = await storage.read(of);
      return found && (await buffer(found));
    };
    const keys = async (prefix: string) => (await listed(storage, prefix)).map((one) => one.key).sort();

    it.each(['bytes', 'stream', 'file'] as const)('gives back what it was given as %s', async (kind) => {
      const bytes = randomBytes(300_000);
      const path = join(folder, 'given.webm');
      writeFileSync(path, bytes);
      const source = kind === 'bytes' ? bytes : kind === 'file' ? { file: path } : Readable.from(pieces(bytes, 7_919));
      await storage.put(key, source, { type });
      expect((await bytesOf(key))?.equals(bytes)).toBe(true);
      expect(await storage.head(key)).toMatchObject({ bytes: 300_000 });
    });

    it('keeps what is empty', async () => {
      await storage.put(key, new Uint8Array(0), { type });
      expect(await bytesOf(key)).toHaveLength(0);
      expect(await storage.head(key)).toMatchObject({ bytes: 0 });
    });

    it('gives a part of it, both ends included', async () => {
      await storage.put(key, Buffer.from('0123456789'), { type });
      const part = await storage.read(key, { start: 2, end: 5 });
      expect(part && (await buffer(part)).toString()).toBe('2345');
    });

    it('has nothing where nothing was put', async () => {
      expect(await storage.read(key)).toBeUndefined();
      expect(await storage.head(key)).toBeUndefined();
      expect(await keys(`recordings/${id}/`)).toEqual([]);
      await storage.delete(key);
      await storage.deletePrefix(`recordings/${id}/`);
    });

    it('has the later of two under one key, with another entity tag', async () => {
      await storage.put(key, Buffer.from('one'), { type });
      const before = await storage.head(key);
      await storage.put(key, Buffer.from('two'), { type });
      expect((await bytesOf(key))?.toString()).toBe('two');
      const after = await storage.head(key);
      expect(after?.etag).toMatch(/^"[^"]+"$/);
      expect(after?.etag).not.toBe(before?.etag);
    });

    it('keeps nothing of what breaks off, and what was there stays', async () => {
      await storage.put(key, Buffer.from('whole'), { type });
      const broken = Readable.from(
        (async function* () {
          yield Buffer.alloc(100_000);
          throw new Error('the source broke off');
        })(),
      );
      await expect(storage.put(key, broken, { type })).rejects.toThrow();
      expect((await bytesOf(key))?.toString()).toBe('whole');
      expect(await keys(`recordings/${id}/`)).toEqual([key]);
    });

    it('stops where it is told to', async () => {
      const stop = new AbortController();
      const endless = Readable.from(
        (async function* () {
          for (let count = 0; ; count += 1) {
            if (count === 3) stop.abort(new Error('told to stop'));
            yield Buffer.alloc(10_000);
            await new Promise(setImmediate);
          }
        })(),
      );
      await expect(storage.put(key, endless, { type, signal: stop.signal })).rejects.toThrow();
      expect(await storage.head(key)).toBeUndefined();
      expect(endless.destroyed).toBe(true);
    });

    it('lists what is below a prefix with its size, and nothing beside it', async () => {
      const mine = ['0000.webm', 'dash/manifest.mpd', 'poster.webp'].map((file) => `recordings/${id}/${file}`);
      const other = `recordings/${randomUUID()}/0000.webm`;
      for (const one of [...mine, other]) await storage.put(one, Buffer.from(one), { type });
      expect(await keys(`recordings/${id}/`)).toEqual(mine.toSorted());
      expect(await keys('recordings/')).toEqual([...mine, other].toSorted());
      const [poster] = await listed(storage, `recordings/${id}/dash/`);
      expect(poster).toMatchObject({ key: mine[1], bytes: mine[1]?.length });
      expect(Math.abs(Date.now() - (poster?.modifiedAt.getTime() ?? 0))).toBeLessThan(60_000);
    });

    it('deletes one, or all of one recording, and leaves the others', async () => {
      const other = `recordings/${randomUUID()}/0000.webm`;
      const mine = ['0000.webm', '0001.webm', 'dash/v.webm'].map((file) => `recordings/${id}/${file}`);
      for (const one of [...mine, other]) await storage.put(one, Buffer.from('x'), { type });
      await storage.delete(`recordings/${id}/0001.webm`);
      expect(await keys(`recordings/${id}/`)).toEqual([mine[0], mine[2]]);
      await storage.deletePrefix(`recordings/${id}/`);
      expect(await keys('recordings/')).toEqual([other]);
    });

    it.each([
      '',
      'secrets.key',
      'recordings/secrets.key',
      'postgres/1/PG_VERSION',
      '../etc/passwd',
      `recordings/${id}/../../secrets.key`,
      `recordings/${id}/.hidden`,
      `recordings//0000.webm`,
      `/recordings/${id}/0000.webm`,
      `recordings/${id}/0000.webm/`,
      `recordings/${id}/a\\b`,
      `recordings/${id}/a\0b`,
      `recordings/${id}/${'x'.repeat(200)}`,
    ])('has no key %j', async (wrong) => {
      await expect(storage.put(wrong, Buffer.from('x'), { type })).rejects.toThrow(RangeError);
      await expect(storage.read(wrong)).rejects.toThrow(RangeError);
      await expect(storage.head(wrong)).rejects.toThrow(RangeError);
      await expect(storage.delete(wrong)).rejects.toThrow(RangeError);
    });

    it.each(['', '/', 'recordings/', 'recordings', `recordings/${id}`, '../x/', `recordings/../x/`])(
      'does not delete all of %j at once',
      async (prefix) => {
        await expect(storage.deletePrefix(prefix)).rejects.toThrow(RangeError);
      },
    );

    it('is well', async () => {
      expect(await storage.check()).toBe(true);
    });
  });
}

export async function listed(storage: Storage, prefix: string): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const one of storage.list(prefix)) found.push(one);
  return found;
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
