import { request } from 'node:http';
import { expect, it } from 'vitest';
import { serveHttp } from '../../src/http/server.ts';
import { afterTest } from '../support/after-test.ts';
import { FakeApp } from '../support/fake-app.ts';
import { until } from '../support/until.ts';

const STREAM = { id: 's1', mediaId: 'm1', channelId: 'c1', title: 'A brook', isRecorded: false, isAdaptive: true };

async function setUp() {
  const fake = new FakeApp();
  const { renditions, thread, plane, tap } = fake.renditions;
  renditions.live(STREAM);
  const server = await serveHttp({ app: fake.app, host: '127.0.0.1', port: 0 });
  afterTest(() => server.close());
  const url = `http://127.0.0.1:${server.port}/internal/streams/s1`;
  const headers = { authorization: `Bearer ${renditions.grant('s1')}` };
  return { renditions, thread, plane, tap, url, headers };
}

/** A POST whose body goes on for as long as it is written. */
function writeLayer(url: string, headers: Record<string, string>) {
  const post = request(url, { method: 'POST', headers: { ...headers, 'content-type': 'video/x-ivf' } });
  const status = new Promise<number | undefined>((resolve) => {
    post.once('response', (response) => resolve(response.resume().statusCode));
    post.once('error', () => resolve(undefined));
  });
  post.flushHeaders();
  return { post, status };
}

it('a feed brings what the thread tells of the stream, and ends with it', async () => {
  const { thread, tap, renditions, url, headers } = await setUp();
  const response = await fetch(`${url}/feed`, { headers });
  expect(response.headers.get('content-type')).toBe('video/x-matroska');
  const [start] = thread.told;
  expect(start).toMatchObject({ type: 'start', streamId: 'm1', thread: 0, originMs: 40_000, isKeyframesOnly: false });
  const { feedId } = start ?? { feedId: '' };
  thread.listener?.report({ type: 'following', feedId });
  expect([...tap.tapped]).toEqual(['m1']);
  thread.listener?.report({ type: 'bytes', feedId, bytes: Buffer.from('one ') });
  thread.listener?.report({ type: 'bytes', feedId, bytes: Buffer.from('two') });
  renditions.ended('s1');
  expect(await response.text()).toBe('one two');
  expect(thread.told.at(-1)).toEqual({ type: 'stop', feedId });
  expect(tap.tapped.size).toBe(0);
  expect(renditions.unreadMs('s1')).toBeUndefined();
  expect((await fetch(`${url}/feed`, { headers })).status).toBe(404);
});

it('a feed of keyframes alone is asked for as such', async () => {
  const { renditions, thread, url, headers } = await setUp();
  const response = await fetch(`${url}/feed?video=keyframes`, { headers });
  expect(thread.told[0]).toMatchObject({ isKeyframesOnly: true });
  await response.body?.cancel();
  await until('the feed stopped', () => thread.told.at(-1)?.type === 'stop');
  // Whoever makes thumbnails makes no ladder.
  expect(renditions.unreadMs('s1')).toBeUndefined();
});

it('a feed stops when its reader goes, or no longer reads', async () => {
  const { renditions, thread, url, headers } = await setUp();
  const gone = await fetch(`${url}/feed`, { headers });
  expect(renditions.unreadMs('s1')).toBeUndefined();
  await gone.body?.cancel();
  await until('the feed stopped', () => thread.told.at(-1)?.type === 'stop');
  expect(renditions.unreadMs('s1')).toBe(0);
  // A feed that is ended from here says nothing of its reader, and no more does the one before it.
  await fetch(`${url}/feed`, { headers });
  thread.listener?.report({ type: 'over', feedId: thread.told.at(-1)?.feedId ?? '' });
  expect(renditions.unreadMs('s1')).toBeUndefined();
  await fetch(`${url}/feed`, { headers });
  const feedId = thread.told.at(-1)?.feedId ?? '';
  await until('the one who does not read is cut', () => {
    thread.listener?.report({ type: 'bytes', feedId, bytes: Buffer.alloc(1 << 20) });
    return thread.told.at(-1)?.type === 'stop';
  });
});

it('a layer lives for as long as its request, and its name is its own', async () => {
  const { plane, url, headers } = await setUp();
  const { post, status } = writeLayer(`${url}/layers/480p`, headers);
  await until('the layer is open', () => plane.open.has('480p'));
  expect(plane.open.get('480p')).toEqual({ streamId: 'm1', name: '480p', originMs: 40_000 });
  expect(await writeLayer(`${url}/layers/480p`, headers).status).toBe(409);
  for (const bytes of ['first', 'second']) {
    post.write(bytes);
    await until('it came', () => Buffer.concat(plane.written).includes(bytes));
  }
  post.end();
  expect(await status).toBe(204);
  expect(plane.open.size).toBe(0);
});

it('a layer ends with a transcoder that is killed, with its stream, and with bytes that are none', async () => {
  const { renditions, plane, url, headers } = await setUp();
  const killed = writeLayer(`${url}/layers/240p`, headers);
  await until('the layer is open', () => plane.open.has('240p'));
  killed.post.destroy();
  await until('the layer is gone', () => !plane.open.has('240p'));

  const bad = writeLayer(`${url}/layers/240p`, headers);
  bad.post.write('bad');
  expect(await bad.status).toBe(422);
  expect(plane.open.size).toBe(0);

  const cut = writeLayer(`${url}/layers/240p`, headers);
  await until('the layer is open', () => plane.open.has('240p'));
  renditions.ended('s1');
  expect(await cut.status).toBe(undefined);
  await until('the layer is gone', () => plane.open.size === 0);
});

it('needs a token of that very stream', async () => {
  const { renditions, plane, url } = await setUp();
  renditions.live({ ...STREAM, id: 's2', mediaId: 'm2' });
  for (const token of ['', 'x', renditions.grant('s2') ?? '']) {
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/feed`, { headers })).status).toBe(401);
    expect(await writeLayer(`${url}/layers/240p`, headers).status).toBe(401);
  }
  expect(plane.open.size).toBe(0);
});
