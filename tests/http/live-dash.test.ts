import { beforeEach, describe, expect, test } from 'vitest';
import { liveDashPrefix, liveIndexKey } from '../../src/dash/live-files.ts';
import { type LiveIndex, withSegment } from '../../src/dash/live-index.ts';
import { MatroskaBlocks } from '../../src/dash/matroska-blocks.ts';
import { FakeApp } from '../support/fake-app.ts';

const sound = { id: 'audio', kind: 'audio', codecs: 'opus', bitrateBps: 96_000, init: 'init-0a.webm' } as const;
const MANIFEST = '/media/live/brook/manifest.mpd';

let fake: FakeApp;
let key: string;
let token: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  key = (await fake.channel('brook', owner.user.id)).key;
  await fake.call('PATCH', '/channels/brook', { token, body: { isAdaptive: true } });
});

async function goLive(): Promise<string> {
  await fake.goLive(key);
  return fake.streams.live((await fake.channelStore.bySlug('brook'))?.id ?? '').stream?.id ?? '';
}

/** As a transcoder would. */
async function make(streamId: string, numbers: readonly number[], startedAtMs = Date.now() - 10_000): Promise<void> {
  const none: LiveIndex = { startedAtMs, periods: [], hasEnded: false };
  const index = numbers.reduce((made, number) => withSegment(made, number, [sound]), none);
  for (const number of numbers) await put(streamId, `audio/${number}.webm`, String(number));
  await put(streamId, `audio/${sound.init}`, 'head');
  await fake.recordings.storage.put(liveIndexKey(streamId), Buffer.from(JSON.stringify(index)), {
    type: 'application/json',
  });
}

const put = (streamId: string, name: string, content: string) =>
  fake.recordings.storage.put(`${liveDashPrefix(streamId)}${name}`, Buffer.from(content), { type: 'video/webm' });
const tick = () => fake.renditions.ladders.tick();

describe('the manifest', () => {
  test('is asked for before there is one: that starts what makes it', async () => {
    const streamId = await goLive();
    tick();
    expect(fake.renditions.jobs.added).toEqual([]);

    const early = await fake.request(MANIFEST);
    expect(early.status).toBe(503);
    expect(early.headers.get('retry-after')).toBe('1');
    expect(await early.json()).toMatchObject({ type: 'urn:freshet:problem:ladder_starting' });
    tick();
    expect(fake.renditions.jobs.added).toMatchObject([{ kind: 'live', streamId, detail: { windowSeconds: 60 } }]);

    await make(streamId, [5, 6]);
    const answer = await fake.request(MANIFEST);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/dash+xml');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=1');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.text()).toContain(`<BaseURL>${streamId}/</BaseURL>`);
  });

  test('is not sent twice to whoever has it', async () => {
    const streamId = await goLive();
    await make(streamId, [5, 6]);
    const etag = (await fake.request(MANIFEST)).headers.get('etag') ?? '';
    const again = await fake.request(MANIFEST, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  test('is not there where the channel is not adaptive, or not live', async () => {
    expect((await fake.request(MANIFEST)).status).toBe(404);
    await fake.call('PATCH', '/channels/brook', { token, body: { isAdaptive: false } });
    await fake.goLive(key);
    const answer = await fake.request(MANIFEST);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ type: 'urn:freshet:problem:not_adaptive' });
  });

  test('says so for a while once the stream is over', async () => {
    const streamId = await goLive();
    await make(streamId, [5, 6]);
    await fake.call('POST', '/channels/brook/live/stop', { token });
    const text = await (await fake.request(MANIFEST)).text();
    expect(text).toContain('mediaPresentationDuration="PT7S"');
    expect(text).not.toContain('minimumUpdatePeriod');
  });

  test('of a private channel is for those who may see it, and no cache outside', async () => {
    const streamId = await goLive();
    await make(streamId, [5, 6]);
    await fake.call('PATCH', '/channels/brook', { token, body: { visibility: 'private' } });
    expect((await fake.request(MANIFEST)).status).toBe(404);
    expect((await fake.request(`/media/live/brook/${streamId}/audio/5.webm`)).status).toBe(404);
    const headers = { authorization: `Bearer ${token}` };
    const seen = await fake.request(MANIFEST, { headers });
    expect(seen.headers.get('cache-control')).toBe('private, max-age=1');
    const segment = await fake.request(`/media/live/brook/${streamId}/audio/5.webm`, { headers });
    expect(segment.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  });
});

describe('a segment', () => {
  test('never changes, so anybody may keep it', async () => {
    const streamId = await goLive();
    await make(streamId, [5, 6]);
    for (const name of ['audio/6.webm', `audio/${sound.init}`]) {
      const answer = await fake.request(`/media/live/brook/${streamId}/${name}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  test('that is due any moment is waited for', async () => {
    const streamId = await goLive();
    // Number 7 ends now.
    await make(streamId, [5, 6], Date.now() - 8_000);
    const asked = fake.request(`/media/live/brook/${streamId}/audio/7.webm`);
    await put(streamId, 'audio/7.webm', 'seven');
    expect(await (await asked).text()).toBe('seven');
  });

  test.each(['audio/4.webm', 'audio/60.webm', 'audio/index.json', 'index.json/1.webm', '..%2Faudio/6.webm'])(
    'that is not there is not waited for: %s',
    async (name) => {
      const streamId = await goLive();
      await make(streamId, [5, 6], Date.now() - 8_000);
      const startMs = Date.now();
      expect((await fake.request(`/media/live/brook/${streamId}/${name}`)).status).toBe(404);
      expect(Date.now() - startMs).toBeLessThan(1_000);
    },
  );

  test('that was never made is empty where there are others after it: players go on', async () => {
    const streamId = await goLive();
    await make(streamId, [5, 6, 9]);
    for (const number of [7, 8]) {
      const answer = await fake.request(`/media/live/brook/${streamId}/audio/${number}.webm`);
      expect(answer.status).toBe(200);
      expect(new MatroskaBlocks().push(Buffer.from(await answer.arrayBuffer()))).toEqual([]);
    }
    expect((await fake.request(`/media/live/brook/${streamId}/audio/4.webm`)).status).toBe(404);
  });

  test('of another channel’s stream is not there', async () => {
    const streamId = await goLive();
    await make(streamId, [5, 6]);
    await fake.channel('river', (await fake.account('other', 'streamer')).user.id);
    expect((await fake.request(`/media/live/river/${streamId}/audio/6.webm`)).status).toBe(404);
  });
});

test('the time is told to everybody, for players whose clock is wrong', async () => {
  const answer = await fake.request('/time');
  expect(Math.abs(Date.parse(await answer.text()) - Date.now())).toBeLessThan(1_000);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});
