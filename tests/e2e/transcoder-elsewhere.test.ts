import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3Storage } from '#src/storage/s3/s3-storage.ts';
import { listed } from '../storage/storage-contract.ts';
import { Api } from '../support/api.ts';
import { TestPostgres, urlOf } from '../support/database.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { hasNoS3Server, S3Server } from '../support/s3-server.ts';
import { Server } from '../support/server.ts';
import { TranscoderProcess } from '../support/transcoder-process.ts';
import { until } from '../support/until.ts';

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly posterUrl: string | null;
  readonly parts: readonly { readonly startedAt: string }[];
  readonly renditions: { readonly status: string; readonly manifestUrl: string | null };
}

const ENOUGH_MS = 4_000;
/** The server looks each half minute what is to be taken to the bucket. */
const PATIENTLY = { timeoutMs: 120_000, everyMs: 250 };

describe.skipIf(hasNoS3Server)('a transcoder on another machine', () => {
  const [dataDir, itsDataDir] = ['server', 'elsewhere'].map((name) => mkdtempSync(join(tmpdir(), `freshet-${name}-`)));
  let s3: S3Server;
  let postgres: TestPostgres;
  let server: Server;
  let transcoder: TranscoderProcess;
  let bucket: S3Storage;

  beforeAll(async () => {
    [s3, postgres] = await Promise.all([S3Server.start(), TestPostgres.start()]);
    const { endpoint, region, accessKeyId, secretAccessKey, bucket: name } = s3.options;
    const where = {
      ...{ S3_ENDPOINT: endpoint, S3_BUCKET: name, S3_REGION: region },
      ...{ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
      DATABASE_URL: urlOf(await postgres.newDatabase()),
    };
    server = await Server.start({ dataDir: dataDir ?? '', env: where });
    transcoder = await TranscoderProcess.start({ ...where, DATA_DIR: itsDataDir ?? '', INTERNAL_URL: server.url });
    bucket = new S3Storage(s3.options);
  });
  afterAll(async () => {
    bucket?.close();
    await transcoder?.stop();
    await server?.stop();
    await postgres?.close();
    await s3?.close();
    for (const folder of [dataDir, itsDataDir]) rmSync(folder ?? '', { recursive: true, force: true });
  });

  test('shows what is on and makes versions of what was, by way of the bucket alone', async () => {
    const api = await Api.setUp(server);
    const { slug, key } = await api.createChannel('far');
    await api.patch(`/channels/${slug}`, { isRecorded: true, makesRenditions: true });
    const media = await makeMedia({ width: 320, height: 180, fps: 15, bitrateKbps: 300 });
    const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
    const thumbnail = `${server.url}/media/live/${slug}/thumbnail.webp`;
    await until('there is a picture of what is on', async () => (await fetch(thumbnail)).ok, PATIENTLY);
    const list = async () => (await api.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`)).items;
    await until('some seconds are recorded', async () => {
      const { startedAt } = (await list())[0]?.parts[0] ?? {};
      return startedAt !== undefined && Date.now() - Date.parse(startedAt) > ENOUGH_MS;
    });
    await obs.stop();

    const recording = await until(
      'poster and versions are made',
      async () =>
        (await list()).find(({ posterUrl, renditions }) => posterUrl !== null && renditions.status === 'done'),
      PATIENTLY,
    );
    const jobs = await api.get<{ items: readonly { status: string; problem: string | null }[] }>('/jobs');
    expect(jobs.items.map(({ status, problem }) => [status, problem])).toEqual([
      ['done', null],
      ['done', null],
    ]);
    const manifest = await fetch(`${server.url}/media/recordings/${recording.id}/manifest.mpd`);
    expect(new URL(manifest.url).pathname).toBe(recording.renditions.manifestUrl);
    const [, file = ''] = /<BaseURL>(180p\.webm[^<]*)<\/BaseURL>/.exec(await manifest.text()) ?? [];
    const ranged = await fetch(new URL(file, manifest.url), { headers: { range: 'bytes=0-99' } });
    expect([ranged.status, (await ranged.arrayBuffer()).byteLength]).toEqual([206, 100]);

    const names = (await listed(bucket, `recordings/${recording.id}/`)).map((one) => one.key.split('/').at(-1)).sort();
    expect(names).toEqual(
      ['0000.mkv', '180p.webm', 'manifest.mpd', 'poster.webp', 'sound.webm', 'sprite.vtt', 'sprite.webp'].sort(),
    );
    await until('nothing of it is here any more', () => {
      const own = join(dataDir ?? '', 'recordings', recording.id);
      return !existsSync(own) || readdirSync(own).length === 0;
    });
    expect(readdirSync(join(itsDataDir ?? '', 'recordings'))).toEqual([]);
    const work = readdirSync(join(itsDataDir ?? '', 'work'), { recursive: true }).map(String);
    expect(work.filter((name) => /\.(webm|mkv|webp|png)$/.test(name))).toEqual([]);
  }, 300_000);
});
