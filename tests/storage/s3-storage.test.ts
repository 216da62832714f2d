import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Storage } from '#src/storage/s3/s3-storage.ts';
import { afterTest } from '../support/after-test.ts';
import { type Fault, FaultyProxy } from '../support/faulty-proxy.ts';
import { hasNoS3Server, S3Server } from '../support/s3-server.ts';
import { until } from '../support/until.ts';
import { listed, storageContract } from './storage-contract.ts';

const MIB = 1 << 20;
const type = 'video/webm';

describe.skipIf(hasNoS3Server)('a bucket', () => {
  let server: S3Server;

  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterAll(() => server?.close());

  function temporary(): string {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-s3-files-'));
    afterTest(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  function opened(endpoint = server.options.endpoint): S3Storage {
    const storage = new S3Storage({ ...server.options, endpoint });
    afterTest(() => storage.close());
    return storage;
  }

  async function emptied(): Promise<{ storage: S3Storage; folder: string }> {
    const storage = opened();
    for (const { key } of [...(await listed(storage, 'recordings/')), ...(await listed(storage, 'live/'))]) {
      await storage.delete(key);
    }
    return { storage, folder: temporary() };
  }

  storageContract('as any storage', emptied);

  function largeFile(bytes: number): { path: string; content: Buffer; key: string } {
    const path = join(temporary(), 'large.webm');
    const content = randomBytes(bytes);
    writeFileSync(path, content);
    return { path, content, key: `recordings/${randomUUID()}/0000.webm` };
  }

  async function expectThere(key: string, content: Buffer): Promise<void> {
    const found = await opened().read(key);
    expect(found && (await buffer(found)).equals(content)).toBe(true);
  }

  async function proxied(): Promise<{ proxy: FaultyProxy; storage: S3Storage }> {
    const proxy = await FaultyProxy.start(server.options.endpoint);
    afterTest(() => proxy.close());
    return { proxy, storage: opened(proxy.url) };
  }

  const isPiece = ({ method, url }: { method: string; url: string }) => method === 'PUT' && url.includes('partNumber=');

  it('takes what is larger than a piece, from a file and from a stream', async () => {
    const { path, content, key } = largeFile(20 * MIB + 1);
    await opened().put(key, { file: path }, { type, cache: 'private, max-age=60' });
    await expectThere(key, content);
    const of = `${key.slice(0, -9)}0001.webm`;
    await opened().put(of, Readable.from(inChunks(content, 100_000)), { type });
    await expectThere(of, content);
    expect(await server.openUploads()).toBe(0);
  });

  it('has nothing half there of a stream that breaks off, and nothing that costs', async () => {
    const { content, key } = largeFile(20 * MIB);
    const broken = Readable.from(
      (async function* () {
        yield* inChunks(content.subarray(0, 17 * MIB), MIB);
        throw new Error('the source broke off');
      })(),
    );
    await expect(opened().put(key, broken, { type })).rejects.toThrow('broke off');
    expect(await opened().head(key)).toBeUndefined();
    expect(await server.openUploads()).toBe(0);
  });

  it('tries again where the service stumbles or the connection is cut', async () => {
    const { path, content, key } = largeFile(20 * MIB);
    const { proxy, storage } = await proxied();
    const asking = [500, 'cut', undefined, 503].values();
    const sending = ['cut_midway', 503, 'cut', undefined, 500, 'cut_midway'].values();
    proxy.fault = (request) => (isPiece(request) ? sending : asking).next().value as Fault;
    await storage.put(key, { file: path }, { type });
    await expectThere(key, content);
    const halfRead = await storage.read(key, { start: 5, end: 5 + 9 * MIB });
    expect(halfRead && (await buffer(halfRead)).equals(content.subarray(5, 6 + 9 * MIB))).toBe(true);
  });

  it('takes an upload up where it stopped, and sends nothing twice', async () => {
    const { path, content, key } = largeFile(40 * MIB);
    const { proxy, storage } = await proxied();
    const stop = new AbortController();
    proxy.fault = () => {
      if (proxy.seen.filter(isPiece).length > 3) stop.abort(new Error('the process ends'));
      return stop.signal.aborted ? 'cut' : undefined;
    };
    await expect(storage.put(key, { file: path }, { type, signal: stop.signal })).rejects.toThrow();
    expect(await server.openUploads()).toBe(1);
    expect(await opened().head(key)).toBeUndefined();

    const again = await proxied();
    await again.storage.put(key, { file: path }, { type });
    await expectThere(key, content);
    expect(again.proxy.seen.filter(isPiece).length).toBeLessThanOrEqual(3);
    expect(await server.openUploads()).toBe(0);
  });

  // A server that was killed takes its time to find itself again.
  it('goes on with an upload in whose midst the service was killed', { timeout: 90_000 }, async () => {
    const { path, content, key } = largeFile(40 * MIB);
    const { proxy, storage } = await proxied();
    let killed: Promise<void> | undefined;
    proxy.fault = () => {
      if (proxy.seen.filter(isPiece).length === 3) killed ??= server.kill();
      return undefined;
    };
    const failed = await storage.put(key, { file: path }, { type }).catch((error: unknown) => error);
    await killed;
    expect(failed).toMatchObject({ name: 'StorageError', code: 'storage_failed' });
    expect(await opened().check()).toMatch(/^the bucket at 127\.0\.0\.1:\d+ can not be used \(ECONNREFUSED\)$/);
    await server.run();
    await until('the bucket is well again', async () => (await opened().check()) === true, { timeoutMs: 30_000 });
    await opened().put(key, { file: path }, { type });
    await expectThere(key, content);
  });

  it('ends the uploads of a recording that is deleted, and those that nobody took up for a day', async () => {
    const { path, key } = largeFile(20 * MIB);
    const { proxy, storage } = await proxied();
    const beginOne = async () => {
      const stop = new AbortController();
      proxy.fault = (request) => {
        if (isPiece(request)) stop.abort(new Error('enough'));
        return stop.signal.aborted ? 'cut' : undefined;
      };
      await expect(storage.put(key, { file: path }, { type, signal: stop.signal })).rejects.toThrow();
      expect(await server.openUploads()).toBe(1);
    };
    await beginOne();
    await opened().removeLeftovers(new Date());
    expect(await server.openUploads()).toBe(1);
    await opened().removeLeftovers(new Date(Date.now() + 90_000_000));
    expect(await server.openUploads()).toBe(0);
    await beginOne();
    await opened().deletePrefix(key.slice(0, key.lastIndexOf('/') + 1));
    expect(await server.openUploads()).toBe(0);
  });

  it('holds no more than a few pieces in memory, however long the file', async () => {
    const { path, key } = largeFile(160 * MIB);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 5);
    await opened().put(key, { file: path }, { type });
    clearInterval(watch);
    expect(most).toBeLessThan(80 * MIB);
  });

  it('lets go of the connection where a reader leaves, and holds up where one is slow', async () => {
    const { path, key } = largeFile(40 * MIB);
    await opened().put(key, { file: path }, { type });
    const { proxy, storage } = await proxied();
    const reading = await storage.read(key);
    reading?.once('readable', () => reading.read(1));
    await until('something came', () => (reading?.readableLength ?? 0) > 0);
    expect(reading?.readableLength).toBeLessThan(MIB);
    expect(proxy.open).toBe(1);
    reading?.destroy();
    await until('the connection is gone', () => proxy.open === 0);
  });

  it.each([
    ['no bucket of that name', { bucket: 'no-such-bucket' }, /^there is no bucket no-such-bucket at .+S3_BUCKET$/],
    ['a key that is not known', { accessKeyId: 'nobody' }, /does not know the key of S3_ACCESS_KEY_ID$/],
    ['a wrong secret', { secretAccessKey: 'another-secret' }, /S3_SECRET_ACCESS_KEY$/],
    [
      'nobody there',
      { endpoint: 'http://127.0.0.1:9' },
      /^the bucket at 127\.0\.0\.1:9 can not be used \(ECONNREFUSED\)$/,
    ],
    [
      'no such name',
      { endpoint: 'http://no-such-host.invalid' },
      /^the name of S3_ENDPOINT, no-such-host\.invalid, is not known$/,
    ],
  ])('says in one sentence, and without a secret, what is wrong: %s', async (_, wrong, sentence) => {
    const storage = new S3Storage({ ...server.options, ...wrong });
    const said = await storage.check();
    expect(said).toMatch(sentence);
    expect(said).not.toContain('secret');
    const key = `recordings/${randomUUID()}/poster.webp`;
    // This server makes a bucket that it does not have.
    if (!('bucket' in wrong)) await expect(storage.put(key, Buffer.from('x'), { type })).rejects.toThrow(sentence);
    storage.close();
  });

  it('forgets streams of which nothing was written for a day', async () => {
    const storage = opened();
    const keys = ['thumbnail.webp', 'dash/1.webm'].map((file) => `live/${randomUUID()}/${file}`);
    for (const key of keys) await storage.put(key, Buffer.from('x'), { type });
    await storage.removeLeftovers(new Date());
    expect(await listed(storage, 'live/')).toHaveLength(2);
    await storage.removeLeftovers(new Date(Date.now() + 90_000_000));
    expect(await listed(storage, 'live/')).toEqual([]);
  });

  it('may be written to', async () => {
    expect(await opened().checkWriting()).toBe(true);
    expect(await listed(opened(), 'live/start-check/')).toEqual([]);
  });
});

function* inChunks(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
