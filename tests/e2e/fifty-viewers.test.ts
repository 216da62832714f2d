import { afterEach, expect, test } from 'vitest';
import { type Counts, type Profile, ViewerPool } from '../../bench/load/viewer-pool.ts';
import { Publisher } from '../../bench/publish/publisher.ts';
import { Api } from '../support/api.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const EACH = 25;
/** Two seconds and more: a whole group of pictures with its keyframe. */
const WATCHED_PACKETS = 800;
/** Published, but not yet with the viewers when they are counted. */
const UNDER_WAY = 80;

let server: Server | undefined;
let publisher: Publisher | undefined;
const pools: ViewerPool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) pool.close();
  await publisher?.stop();
  publisher = undefined;
  await server?.stop();
  server = undefined;
});

async function join(url: string, profile: Profile): Promise<ViewerPool> {
  const pool = new ViewerPool({ profile, sampleEvery: 1, hasGro: false });
  pools.push(pool);
  const { joined, failures } = await pool.join({ url, count: EACH, concurrency: 5 });
  expect({ joined, failures }).toEqual({ joined: EACH, failures: [] });
  return pool;
}

/** Whether all packets since the last reset came as they were published: whoever still makes up for a group may skip the rest of it. */
function areLive(pool: ViewerPool): boolean {
  const isLive = pool.delaysUs().length > 0 && Math.max(...pool.delaysUs()) < 150_000;
  pool.reset();
  return isLive;
}

test.each([
  ['gso', 1],
  ['gso', 3],
  ['sendmmsg', 1],
  ['dgram', 1],
])('fifty viewers at once open every packet that is sent by %s from %d media threads', async (send, threads) => {
  server = await Server.start({ env: { MEDIA_SEND: send, MEDIA_THREADS: String(threads) } });
  const { slug, key } = await (await Api.setUp(server)).createChannel('crowd');
  publisher = await Publisher.start({ url: `${server.url}/whip`, token: key, hasAudio: true, hasVideo: true });
  const { url } = server;
  const profiles: readonly Profile[] = ['gcm', 'cm'];
  await Promise.all(profiles.map((profile) => join(`${url}/whep/${slug}`, profile)));
  for (const pool of pools) await until('the viewers are live', () => areLive(pool), { everyMs: 200 });

  for (const pool of pools) pool.reset();
  const before = publisher.packets;
  await until('a group of pictures is published', () => (publisher?.packets ?? 0) - before >= WATCHED_PACKETS);
  const published = publisher.packets - before;

  for (const pool of pools) {
    const counts = pool.counts();
    expect(faultsOf(counts)).toEqual({ lost: 0, duplicates: 0, refused: 0, starved: 0, unopened: 0 });
    expect(counts.packets).toBeGreaterThanOrEqual(EACH * (published - UNDER_WAY));
    expect(pool.closedByServer()).toBe(0);
    expect(await pool.leave()).toEqual([]);
  }
});

function faultsOf({ lost, duplicates, refused, starved, packets, opened }: Counts) {
  return { lost, duplicates, refused, starved, unopened: packets - opened };
}
