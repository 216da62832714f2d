import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { thumbnailKey } from '#src/storage/keys.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';

const ID = '6a1f7a52-6a0c-4c4e-9d0e-0d8f3f1f2a10';
const OTHER = '6a1f7a52-6a0c-4c4e-9d0e-0d8f3f1f2a11';
const BYTES = '0123456789';

let fake: FakeApp;
let ownerId: string;

beforeEach(async () => {
  fake = new FakeApp();
  ownerId = (await fake.account('owner', 'owner')).user.id;
});

/** A recording of one part, the way the recording thread leaves it. */
async function recorded(channelId: string, id = ID, durationMs = 4_000): Promise<void> {
  const { store, folder } = fake.recordings;
  const startedAt = new Date();
  await store.begin({ id, channelId, streamId: OTHER, title: 'A brook', startedAt });
  const format = { videoCodec: 'vp8', hasAudio: true, width: 640, height: 360 } as const;
  await store.part(id, { number: 0, file: '0000.webm', ...format, startedAt, durationMs, bytes: BYTES.length });
  mkdirSync(join(folder, id), { recursive: true });
  writeFileSync(join(folder, id, '0000.webm'), BYTES);
}

const get = (path: string, headers: Record<string, string> = {}) => fake.request(`/media${path}`, { headers });

describe('a recording', () => {
  beforeEach(async () => {
    await recorded((await fake.channel('brook', ownerId)).channel.id);
  });

  it('is sent whole, or the part that is asked for', async () => {
    const whole = await get(`/recordings/${ID}/source.webm`);
    expect([whole.status, await whole.text()]).toEqual([200, BYTES]);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'video/webm',
      'content-length': '10',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const part = await get(`/recordings/${ID}/parts/0`, { range: 'bytes=2-5' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-5/10', '2345']);
    const beyond = await get(`/recordings/${ID}/parts/0`, { range: 'bytes=10-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    const head = await fake.request(`/media/recordings/${ID}/parts/0`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('is not sent again to who has it, and parts of it only beside parts of the same', async () => {
    const etag = (await get(`/recordings/${ID}/parts/0`)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const seen of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await get(`/recordings/${ID}/parts/0`, { 'if-none-match': seen });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    const range = 'bytes=2-5';
    expect((await get(`/recordings/${ID}/parts/0`, { range, 'if-range': etag })).status).toBe(206);
    expect((await get(`/recordings/${ID}/parts/0`, { range, 'if-range': '"other"' })).status).toBe(200);
    expect((await get(`/recordings/${ID}/parts/0`, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is described with the addresses of its pictures once they are made, which change with them', async () => {
    const view = async () => (await fake.request(`/api/v1/recordings/${ID}`)).json();
    expect(await view()).toMatchObject({ posterUrl: null, spriteUrl: null });
    const row = await fake.recordings.store.byId(ID);
    if (row) fake.recordings.store.rows.set(ID, { ...row, picturesAt: new Date(36 ** 3) });
    expect(await view()).toMatchObject({
      posterUrl: `/media/recordings/${ID}/poster.webp?v=1000`,
      spriteUrl: `/media/recordings/${ID}/sprite.vtt?v=1000`,
    });
  });

  it('that is being written is kept by nobody on the way', async () => {
    await recorded((await fake.channel('river', ownerId)).channel.id, OTHER, 0);
    expect((await get(`/recordings/${OTHER}/parts/0`)).headers.get('cache-control')).toBe('no-store');
  });

  it('comes with what was made of it', async () => {
    const { storage } = fake.recordings;
    const made = {
      'poster.webp': 'image/webp',
      'sprite.webp': 'image/webp',
      'sprite.vtt': 'text/vtt; charset=utf-8',
      'dash/first-1/manifest.mpd': 'application/dash+xml',
      'dash/first-1/480p.webm': 'video/webm',
    };
    for (const [file, type] of Object.entries(made)) {
      expect((await get(`/recordings/${ID}/${file}`)).status).toBe(404);
      await storage.put(`recordings/${ID}/${file}`, Buffer.from(file), { type });
      const plain = await get(`/recordings/${ID}/${file}`);
      expect([plain.status, plain.headers.get('content-type'), await plain.text()]).toEqual([200, type, file]);
      expect(plain.headers.get('cache-control')).toBe('public, no-cache');
      const versioned = await get(`/recordings/${ID}/${file}?v=1`);
      expect(versioned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('is led from the names that stay to what was made last', async () => {
    const { store } = fake.recordings;
    const lasting = { 'manifest.mpd': 'dash/later-2/manifest.mpd', 'dash/manifest.mpd': 'later-2/manifest.mpd' };
    for (const [path, to] of Object.entries(lasting)) {
      expect((await get(`/recordings/${ID}/${path}`)).status).toBe(404);
      const row = await store.byId(ID);
      if (!row) throw new Error('there is no recording');
      store.rows.set(ID, { ...row, renditionsAt: new Date(), renditionsRun: 'later-2' });
      const led = await get(`/recordings/${ID}/${path}`);
      expect([led.status, led.headers.get('location')]).toEqual([302, to]);
      expect(led.headers.get('cache-control')).toBe('public, no-cache');
      store.rows.set(ID, row);
    }
  });

  it.each([
    `${ID}/parts/1`,
    `${OTHER}/parts/0`,
    `${ID}/0000.webm`,
    `${ID}/secrets.key`,
    `${ID}/dash/x/.hidden`,
    `${ID}/dash/x/%2e%2e`,
    `${ID}/dash/x/..%2f..%2f0000.webm`,
    `${ID}/dash/x/a%00b`,
    `${ID}/dash/..%2fx/0000.webm`,
    `..%2f..%2fsecrets.key/parts/0`,
    'x/source.webm',
  ])('is not to be had as %s', async (path) => {
    expect((await get(`/recordings/${path}`)).status).toBe(404);
  });
});

describe('of private channels', () => {
  async function cookieFor(slug: string, to: string): Promise<string> {
    const minted = await fake.call('POST', `/channels/${slug}/viewer-tokens`, {
      token: ADMIN_TOKEN,
      body: { ttlSeconds: 600 },
    });
    const { token } = (await minted.json()) as { token: string };
    const response = await fake.call('POST', `/channels/${slug}/access`, { body: { token } });
    const cookies = response.headers.getSetCookie().filter((cookie) => cookie.includes(`Path=${to};`));
    return cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  }

  it('recordings are sent to those with a token of theirs, several side by side', async () => {
    await recorded((await fake.channel('brook', ownerId, 'private')).channel.id);
    await recorded((await fake.channel('river', ownerId, 'private')).channel.id, OTHER);
    const [brook, river] = [
      await cookieFor('brook', '/media/recordings'),
      await cookieFor('river', '/media/recordings'),
    ];
    const statuses = async (cookie: string) => [
      (await get(`/recordings/${ID}/parts/0`, { cookie })).status,
      (await get(`/recordings/${OTHER}/parts/0`, { cookie })).status,
    ];
    expect(await statuses('')).toEqual([404, 404]);
    expect(await statuses(brook)).toEqual([200, 404]);
    expect(await statuses(`${brook}; ${river}`)).toEqual([200, 200]);
    expect(await statuses(river.replace('_river', '_brook'))).toEqual([404, 404]);
    const sent = await get(`/recordings/${ID}/parts/0`, { cookie: brook });
    expect(sent.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const cookie = await cookieFor('brook', '/api/v1/recordings');
    expect((await fake.request(`/api/v1/recordings/${ID}`, { headers: { cookie } })).status).toBe(200);
  });

  it('the live picture too', async () => {
    const { key, channel } = await fake.channel('brook', ownerId, 'private');
    await fake.goLive(key);
    await putThumbnail(channel.id);
    expect((await get('/live/brook/thumbnail.webp')).status).toBe(404);
    const cookie = await cookieFor('brook', '/media/live/brook');
    const sent = await get('/live/brook/thumbnail.webp', { cookie });
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
  });
});

async function putThumbnail(channelId: string): Promise<void> {
  const { stream } = fake.streams.live(channelId);
  await fake.recordings.storage.put(thumbnailKey(stream?.id ?? ''), Buffer.from('webp'), { type: 'image/webp' });
}

describe('the live picture of a channel', () => {
  it('is there while it is live, and soon asked for again', async () => {
    const { key, channel } = await fake.channel('brook', ownerId);
    expect((await get('/live/brook/thumbnail.webp')).status).toBe(204);
    await fake.goLive(key);
    const notYet = await get('/live/brook/thumbnail.webp');
    expect([notYet.status, notYet.headers.get('cache-control')]).toEqual([204, 'no-store']);
    await putThumbnail(channel.id);
    const sent = await get('/live/brook/thumbnail.webp');
    expect([sent.status, sent.headers.get('content-type'), sent.headers.get('cache-control')]).toEqual([
      200,
      'image/webp',
      'public, max-age=2',
    ]);
    expect((await get('/live/no-such/thumbnail.webp')).status).toBe(404);
    const named = async (path: string) => (await fake.request(`/api/v1/channels/brook${path}`)).json();
    for (const path of ['', '/live']) {
      expect(await named(path)).toMatchObject({ thumbnailUrl: '/media/live/brook/thumbnail.webp' });
    }
  });
});
