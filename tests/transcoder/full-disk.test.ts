import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { afterTest } from '../support/after-test.ts';
import { newChannel, newFolder, newOwner, TestPostgres } from '../support/database.ts';
import { hasEnded, newRecording, type PartSource } from '../support/recordings-for-jobs.ts';
import { hasNoSmallDisk, SmallDisk } from '../support/small-disk.ts';
import { TranscoderProcess } from '../support/transcoder-process.ts';
import { until } from '../support/until.ts';

/** Noise, and thirty times as long as its row says: it takes more room than is reckoned with. */
const NOISE: PartSource = {
  args: [
    ...['-f', 'lavfi', '-i', 'color=gray:s=426x240:r=30:d=3,noise=alls=100:allf=t', '-c:v', 'libvpx'],
    ...['-deadline', 'realtime', '-cpu-used', '8', '-b:v', '4M', '-f', 'webm'],
  ],
  part: { videoCodec: 'vp8', hasAudio: false, width: 426, height: 240, durationMs: 100 },
};
const RUNG = { rungs: [{ height: 240, bitrateBps: 500_000 }] };
const NO_ROOM = 'there is no room left on the disk of the transcoder';

describe.skipIf(hasNoSmallDisk)('a transcoder whose disk is full', () => {
  let postgres: TestPostgres;
  let db: Database;
  let channelId: string;
  let dataDir: string;
  let disk: SmallDisk;

  beforeAll(async () => {
    postgres = await TestPostgres.start();
    db = await postgres.open();
    channelId = (await newChannel(db, { slug: 'ann', ownerId: (await newOwner(db)).id })).id;
    dataDir = await newFolder();
    disk = new SmallDisk(join(dataDir, 'work'), 16);
  });
  afterAll(async () => {
    await db.close();
    await postgres.close();
    disk.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const work = async () => {
    const folders = (await readdir(disk.folder)).filter((name) => name !== 'ballast');
    return (await Promise.all(folders.map((name) => readdir(join(disk.folder, name))))).flat();
  };

  const hasFailedOnce = async (recordingId: string) => {
    const added = await db.jobs.add({ kind: 'renditions', channelId, recordingId, detail: RUNG });
    return await until('the first attempt is over', async () => {
      const job = await db.jobs.byId(added?.job.id ?? '');
      return job?.failures === 1 && job;
    });
  };

  test('says so, leaves nothing there, and does it once there is room', async () => {
    const id = await newRecording({ db, dataDir, channelId }, [NOISE]);
    const env = { DATA_DIR: dataDir, DATABASE_URL: db.url, RECORDINGS_RESERVE_GB: '0' };
    const transcoder = await TranscoderProcess.start(env);
    afterTest(() => transcoder.stop());
    const empty = await work();
    // Enough for what is reckoned with, and not for what comes of it.
    await disk.fillUpTo(40_000);
    const job = await hasFailedOnce(id);
    expect(job).toMatchObject({ status: 'queued', problem: NO_ROOM });
    expect(await work()).toEqual(empty);
    expect(await readdir(join(dataDir, 'recordings', id))).toEqual(['0000.webm']);
    await disk.makeRoom();
    expect(await hasEnded(db, { id: job.id, attempt: 1 })).toMatchObject({ status: 'done', attempt: 2 });
  }, 60_000);

  test('begins nothing that would take what is to stay free', async () => {
    const id = await newRecording({ db, dataDir, channelId }, [NOISE]);
    const env = { DATA_DIR: dataDir, DATABASE_URL: db.url, RECORDINGS_RESERVE_GB: '1' };
    const transcoder = await TranscoderProcess.start(env);
    afterTest(() => transcoder.stop());
    expect(await hasFailedOnce(id)).toMatchObject({ problem: NO_ROOM });
  }, 60_000);
});
