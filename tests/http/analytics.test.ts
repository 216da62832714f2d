import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';

let fake: FakeApp;
let token: string;
let streamId: string;
let channelId: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  const { channel, key } = await fake.channel('brook', owner.user.id);
  channelId = channel.id;
  await fake.goLive(key);
  streamId = [...fake.streamStore.rows.keys()][0] ?? '';
  fake.analyticsStore.pointsOf.set(streamId, [
    { step: 0, viewers: 3, ingestBps: 2_000_000, egressBps: 5, lossShare: 0.01, framesPerSecond: null },
  ]);
  fake.analyticsStore.audiences.set(streamId, {
    sessions: 4,
    join: { reports: 3, p50Ms: 40, p95Ms: 900 },
    stalls: { reports: 3, count: 1, stalledMs: 500, watchedMs: 60_000 },
    leaveReasons: { consent_lapsed: 1, deleted: 3 },
    clients: { chrome: 2, firefox: 2 },
    heights: { 720: 4 },
  });
});

async function stop(): Promise<void> {
  fake.streams.stop(channelId);
  await settled();
  const row = fake.streamStore.rows.get(streamId);
  if (!row) throw new Error('the stream has no row');
  const [startedAt, endedAt] = [new Date('2026-11-20T10:00:00Z'), new Date('2026-11-20T10:01:40Z')];
  const figures = { uniqueViewers: 3, watchSeconds: 200, peakViewers: 4 };
  fake.streamStore.rows.set(streamId, { ...row, ...figures, title: '=A brook, "wide"', startedAt, endedAt });
}

const get = (path: string, given: string | undefined = token) =>
  fake.call('GET', path, { ...(given !== undefined && { token: given }) });
const asCsv = async (path: string) => {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/csv' };
  const response = await fake.request(`/api/v1${path}`, { headers });
  expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
  return (await response.text()).split('\r\n');
};

describe('the figures of a stream', () => {
  it('come ready to be drawn, with all that is known of its viewers', async () => {
    await stop();
    const response = await get(`/streams/${streamId}/analytics`);
    expect(await response.json()).toMatchObject({
      stream: { id: streamId, uniqueViewers: 3 },
      isLive: false,
      liveSeconds: 100,
      stepSeconds: 10,
      series: { at: expect.any(Array), viewers: [3, ...Array<null>(9).fill(null)] },
      viewers: { sessions: 4, unique: 3, peak: 4, average: 2, watchSeconds: 200, secondsEach: 50 },
      join: { reports: 3, p50Ms: 40, p95Ms: 900 },
      stalls: { reports: 3, count: 1, stalledMs: 500, ratio: 0.0083 },
      leaveReasons: [
        { reason: 'deleted', viewers: 3 },
        { reason: 'consent_lapsed', viewers: 1 },
      ],
      clients: [
        { client: 'chrome', viewers: 2 },
        { client: 'firefox', viewers: 2 },
      ],
      heights: [{ height: 720, viewers: 4 }],
    });
  });

  it('are told of one that goes on too', async () => {
    expect(await (await get(`/streams/${streamId}/analytics?step=60`)).json()).toMatchObject({ isLive: true });
  });

  it('come as CSV to whoever asks for it', async () => {
    await stop();
    const [header, first, second] = await asCsv(`/streams/${streamId}/analytics`);
    expect(header).toBe('at,viewers,ingestBps,egressBps,lossShare,framesPerSecond');
    expect(first).toBe('2026-11-20T10:00:00.000Z,3,2000000,5,0.01,');
    expect(second).toBe('2026-11-20T10:00:10.000Z,,,,,');
  });

  it.each(['step=0', 'step=1.5', 'step=x'])('with %s are refused', async (query) => {
    expect((await get(`/streams/${streamId}/analytics?${query}`)).status).toBe(422);
  });
});

describe('the figures of a channel', () => {
  it('are those of its streams within a time, and day by day', async () => {
    await stop();
    const response = await get('/channels/brook/analytics?from=2026-11-19&to=2026-11-22T00:00:00Z');
    expect(await response.json()).toMatchObject({
      from: '2026-11-19T00:00:00.000Z',
      totals: { streams: 1, liveSeconds: 100, peakViewers: 4, uniqueViewers: 3, watchSeconds: 200 },
      days: { streams: [0, 1, 0], watchSeconds: [0, 200, 0] },
      streams: [{ id: streamId }],
      isComplete: true,
    });
    const empty = await get('/channels/brook/analytics?from=2026-11-21&to=2026-11-22');
    expect(await empty.json()).toMatchObject({ totals: { streams: 0, peakViewers: 0 }, streams: [] });
  });

  it('come as CSV in which no title is a formula', async () => {
    await stop();
    const [header, row] = await asCsv('/channels/brook/analytics?from=2026-11-19&to=2026-11-22');
    expect(header).toMatch(/^id,channelId,title,startedAt,/);
    expect(row).toContain(`,"'=A brook, ""wide""",2026-11-20T10:00:00.000Z,`);
  });

  it.each(['from=2026-11-22&to=2026-11-21', 'from=2024-01-01&to=2026-01-01', 'from=yesterday'])(
    'of %s are refused',
    async (query) => {
      expect((await get(`/channels/brook/analytics?${query}`)).status).toBe(422);
    },
  );
});

describe('a stream of the history', () => {
  const remove = (given = token) => fake.call('DELETE', `/streams/${streamId}`, { token: given });

  it('is deleted once it is over', async () => {
    expect((await remove()).status).toBe(409);
    await stop();
    expect((await remove()).status).toBe(204);
    expect((await get(`/streams/${streamId}`)).status).toBe(404);
    expect((await remove()).status).toBe(204);
  });

  it('and its figures are for those who manage its channel', async () => {
    await stop();
    const stranger = await fake.account('stranger', 'streamer');
    expect((await remove(stranger.token)).status).toBe(403);
    expect((await get(`/streams/${streamId}/analytics`, stranger.token)).status).toBe(403);
    expect((await fake.call('GET', `/streams/${streamId}/analytics`)).status).toBe(401);
    expect((await get(`/streams/${streamId}`)).status).toBe(200);
  });

  it('of a private channel is nothing that strangers may know of', async () => {
    await stop();
    await fake.channelStore.update(channelId, { visibility: 'private' });
    const stranger = await fake.account('stranger', 'streamer');
    expect((await get(`/streams/${streamId}/analytics`, stranger.token)).status).toBe(404);
    expect((await remove(stranger.token)).status).toBe(204);
    expect((await get(`/streams/${streamId}`)).status).toBe(200);
  });
});
