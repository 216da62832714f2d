import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { fixture, SECRET, tellingJpeg } from '../images/pictures.ts';
import { FakeApp } from '../support/fake-app.ts';

let fake: FakeApp;
let token: string;
let channelId: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  channelId = (await fake.channel('brook', owner.user.id)).channel.id;
});

interface Looks {
  readonly avatarUrl: string | null;
  readonly posterUrl: string | null;
}

interface Sent {
  readonly path?: string;
  readonly type?: string;
  readonly as?: string;
  readonly headers?: Record<string, string>;
}

const put = (bytes: Uint8Array, { path = 'avatar', type = 'image/png', as = token, headers = {} }: Sent = {}) =>
  fake.request(`/api/v1/channels/brook/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${as}`, 'content-type': type, ...headers },
    body: Uint8Array.from(bytes),
  });
const looks = async () => (await (await fake.call('GET', '/channels/brook', { token })).json()) as Looks;
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { type: string }).type.replace('urn:freshet:problem:', ''),
];
const files = () => readdirSync(join(fake.imageFolder, channelId)).toSorted();

it('a picture is kept without what it tells of its maker, and served for ever at an address of its own', async () => {
  expect(await looks()).toMatchObject({ avatarUrl: null, posterUrl: null });
  const made = await put(tellingJpeg(), { type: 'image/png' });
  expect(made.status).toBe(200);
  const { avatarUrl } = (await made.json()) as Looks;
  expect(avatarUrl).toMatch(/^\/api\/v1\/channels\/brook\/avatar\?v=[0-9a-f]{16}$/);
  expect(await looks()).toMatchObject({ avatarUrl, posterUrl: null });

  const shown = await fake.request(avatarUrl ?? '');
  expect(shown.status).toBe(200);
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'public, max-age=31536000, immutable',
    etag: `"${avatarUrl?.split('=')[1]}"`,
  });
  const bytes = Buffer.from(await shown.arrayBuffer());
  expect([bytes.subarray(0, 3).toString('hex'), bytes.includes(SECRET)]).toEqual(['ffd8ff', false]);
});

it('without its version, or with an older one, it is asked for each time', async () => {
  await put(fixture('plain.png'));
  for (const query of ['', '?v=0123456789abcdef']) {
    const shown = await fake.request(`/api/v1/channels/brook/avatar${query}`);
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'public, no-cache']);
    const etag = shown.headers.get('etag') ?? '';
    const again = await fake.request('/api/v1/channels/brook/avatar', { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect((await put(fixture('plain.jpg'), { headers: { 'if-match': '"other"' } })).status).toBe(412);
    expect((await put(fixture('plain.png'), { headers: { 'if-match': etag } })).status).toBe(200);
  }
});

it('the one before goes when another comes, and all go with the channel', async () => {
  await put(fixture('plain.png'));
  await put(fixture('plain.jpg'), { path: 'poster' });
  await put(fixture('lossy.webp'));
  expect(files()).toEqual([expect.stringMatching(/^avatar-\w+\.webp$/), expect.stringMatching(/^poster-\w+\.jpg$/)]);
  expect((await fake.call('DELETE', '/channels/brook/avatar', { token })).status).toBe(204);
  expect((await fake.call('DELETE', '/channels/brook/avatar', { token })).status).toBe(204);
  expect(files()).toEqual([expect.stringMatching(/^poster/)]);
  expect(await codeOf(await fake.call('GET', '/channels/brook/avatar'))).toEqual([404, 'no_image']);
  await fake.call('DELETE', '/channels/brook', { token });
  expect(readdirSync(fake.imageFolder)).toEqual([]);
});

it.each([
  ['a page', Buffer.from('<html><script>alert(1)</script>'), {}, [422, 'bad_image']],
  ['half a picture', fixture('plain.png').subarray(0, 300), {}, [422, 'bad_image']],
  ['nothing', new Uint8Array(), {}, [422, 'bad_image']],
  ['JSON', Buffer.from('{}'), { type: 'application/json' }, [415, 'bad_content_type']],
  ['an SVG', Buffer.from('<svg/>'), { type: 'image/svg+xml' }, [415, 'bad_content_type']],
  ['too much', new Uint8Array((1 << 20) + 1), {}, [413, 'body_too_large']],
  ['too much for a poster', new Uint8Array((3 << 20) + 1), { path: 'poster' }, [413, 'body_too_large']],
  ['a wrong token', fixture('plain.png'), { as: 'frt_wrong' }, [401, 'unauthorized']],
])('%s is refused, and nothing is kept', async (_, bytes, more, problem) => {
  expect(await codeOf(await put(bytes, more))).toEqual(problem);
  expect(await looks()).toMatchObject({ avatarUrl: null, posterUrl: null });
});

it.each([
  [15, 64],
  [64, 4097],
])('a picture of %i × %i is refused with its size', async (width, height) => {
  const bytes = fixture('plain.png');
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  const response = await put(bytes);
  expect(response.status).toBe(422);
  expect(await response.text()).toContain(`${width}×${height}`);
});

it('a place that can not be written is said to be so, and the picture before stays', async () => {
  await put(fixture('plain.png'));
  const before = await looks();
  rmSync(fake.imageFolder, { recursive: true });
  writeFileSync(fake.imageFolder, 'no folder');
  expect(await codeOf(await put(fixture('plain.jpg')))).toEqual([503, 'storage_failed']);
  expect(await looks()).toEqual(before);
  rmSync(fake.imageFolder);
  mkdirSync(fake.imageFolder);
  expect((await put(fixture('plain.jpg'))).status).toBe(200);
});

it('a private channel shows its pictures to those who may see it, and to no shared cache', async () => {
  const { avatarUrl } = (await (await put(fixture('plain.png'))).json()) as Looks;
  await fake.call('PATCH', '/channels/brook', { token, body: { visibility: 'private' } });
  expect(await codeOf(await fake.request(avatarUrl ?? ''))).toEqual([404, 'no_channel']);
  const shown = await fake.request(avatarUrl ?? '', { headers: { authorization: `Bearer ${token}` } });
  expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'private, max-age=31536000, immutable']);
  const viewer = await fake.viewerTokens.create(channelId, { label: '', ttlSeconds: 60, maxViewers: null });
  const cookie = { cookie: `freshet_viewer=${viewer.token}` };
  expect((await fake.request(avatarUrl ?? '', { headers: cookie })).status).toBe(200);
});
