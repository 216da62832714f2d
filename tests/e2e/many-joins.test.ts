import { afterAll, beforeAll, expect, test } from 'vitest';
import { Encoder } from '../../bench/first-picture/encoder.ts';
import { makeNumberedVideo, type NumberedVideo } from '../../bench/first-picture/numbered-video.ts';
import { ViewerPool } from '../../bench/load/viewer-pool.ts';
import { Api } from '../support/api.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const ROUNDS = 5;
const EACH = 200;
// A younger group is sent to whoever joins, and nobody is asked.
const OLD_MS = 2_600;

let server: Server;
let api: Api;
let video: NumberedVideo;

beforeAll(async () => {
  [server, video] = await Promise.all([Server.start(), makeNumberedVideo(300_000, 10)]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await server?.stop();
});

test('a thousand joins ask the publisher for at most one keyframe a second', async () => {
  const { slug, key } = await api.createChannel('crowd');
  const encoder = await Encoder.publish({ url: `${server.url}/whip`, key, video, hearsRequests: true });
  await until('the last keyframe is old', () => encoder.groupMs > OLD_MS);

  const startMs = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    const pool = new ViewerPool({ profile: 'gcm', sampleEvery: EACH, hasGro: false });
    const { joined, failures } = await pool.join({ url: `${server.url}/whep/${slug}`, count: EACH, concurrency: 16 });
    expect({ joined, failures }).toEqual({ joined: EACH, failures: [] });
    await until('all of them are sent something', () => pool.counts().starved === 0);
    expect(await pool.leave()).toEqual([]);
    pool.close();
  }
  encoder.stop();

  const seconds = (performance.now() - startMs) / 1000;
  expect(encoder.requests).toBeGreaterThanOrEqual(1);
  expect(encoder.requests, `in ${seconds.toFixed(1)} s`).toBeLessThanOrEqual(Math.ceil(seconds));
});
