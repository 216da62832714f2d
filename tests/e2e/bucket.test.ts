import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPicture } from '#src/images/picture.ts';
import { S3Storage } from '#src/storage/s3/s3-storage.ts';
import { listed } from '../storage/storage-contract.ts';
import { Api } from '../support/api.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { hasNoS3Server, S3Server } from '../support/s3-server.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly posterUrl: string | null;
  readonly spriteUrl: string | null;
  readonly parts: readonly { readonly url: string; readonly bytes: number }[];
}

/** Transcoders give way to all else that runs, and the mover looks each half minute. */
const PATIENTLY = { timeoutMs: 90_000 };

describe.skipIf(hasNoS3Server)('a server with a bucket', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-bucket-'));
  let s3: S3Server;
  let server: Server;
  let bucket: S3Storage;

  beforeAll(async () => {
    s3 = await S3Server.start();
    const { endpoint, region, accessKeyId, secretAccessKey, bucket: name } = s3.options;
    const where = { S3_ENDPOINT: endpoint, S3_BUCKET: name, S3_REGION: region };
    const key = { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey };
    server = await Server.start({ dataDir, env: { ...where, ...key, TRANSCODERS: '1' } });
    bucket = new S3Storage(s3.options);
  });
  afterAll(async () => {
    bucket?.close();
    await server?.stop();
    await s3?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const picture = async (path: string) => {
    const response = await fetch(server.url + path);
    return response.status === 200
      ? { etag: response.headers.get('etag'), bytes: Buffer.from(await response.arrayBuffer()) }
      : undefined;
  };

  test('shows what is on, keeps what was, and forgets what is deleted', { timeout: 240_000 }, async () => {
    const ready = (await (await fetch(`${server.url}/readyz`)).json()) as { parts: Record<string, string> };
    expect(ready.parts['storage']).toBe('ok');
    const api = await Api.setUp(server);
    const { slug, key } = await api.createChannel('kept');
    await api.patch(`/channels/${slug}`, { isRecorded: true });
    const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media: await makeMedia() });
    const live = `/media/live/${slug}/thumbnail.webp`;
    const first = await until('there is a picture of what is on', () => picture(live), PATIENTLY);
    expect(readPicture(first.bytes)).toMatchObject({ format: 'webp', width: 640, height: 360 });
    await until('there is a newer one', async () => (await picture(live))?.etag !== first.etag, PATIENTLY);
    await obs.stop();
    await until('the picture is gone with the stream', async () => (await picture(live)) === undefined);

    const list = () => api.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`);
    const recording = await until(
      'poster and sheet are made',
      async () => (await list()).items.find((one) => one.posterUrl),
      PATIENTLY,
    );
    const poster = await picture(recording.posterUrl ?? '');
    expect(readPicture(poster?.bytes ?? Buffer.alloc(0))).toMatchObject({ format: 'webp', width: 640, height: 360 });
    const vtt = await (await fetch(server.url + recording.spriteUrl)).text();
    expect(vtt).toMatch(/^WEBVTT\n\n00:00:00\.000 --> .+\nsprite\.webp#xywh=0,0,160,90\n/);

    const [part] = recording.parts;
    const folder = join(dataDir, 'recordings', recording.id);
    await until(
      'its file is not here any more',
      () => !existsSync(folder) || readdirSync(folder).length === 0,
      PATIENTLY,
    );
    const keys = (await listed(bucket, `recordings/${recording.id}/`)).map((one) => one.key.split('/')[2]).sort();
    expect(keys).toEqual(['0000.mkv', 'poster.webp', 'sprite.vtt', 'sprite.webp']);
    const whole = await picture(part?.url ?? '');
    expect(whole?.bytes).toHaveLength(part?.bytes ?? 0);
    const ranged = await fetch(server.url + part?.url, { headers: { range: 'bytes=1000-1999' } });
    expect([ranged.status, ranged.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${part?.bytes}`]);
    expect(Buffer.from(await ranged.arrayBuffer()).equals(whole?.bytes.subarray(1_000, 2_000) ?? Buffer.alloc(0))).toBe(
      true,
    );

    await api.delete(`/recordings/${recording.id}`);
    expect(await picture(part?.url ?? '')).toBeUndefined();
    expect(await listed(bucket, 'recordings/')).toEqual([]);
  });
});
