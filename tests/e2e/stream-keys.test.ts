import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let api: Api;
let media: EncodedMedia;

beforeAll(async () => {
  [server, media] = await Promise.all([
    Server.start(),
    makeMedia({ width: 320, height: 180, fps: 15, seconds: 2, bitrateKbps: 300 }),
  ]);
  api = await Api.setUp(server);
});

afterAll(() => server?.stop());

interface Key {
  readonly id: string;
  readonly key: string;
}

const ended = (slug: string) => async () => (await api.live(slug)).state === 'offline';
const lastReason = async (slug: string) =>
  (await api.get<{ items: { endReason: string | null }[] }>(`/channels/${slug}/streams`)).items[0]?.endReason;

async function live(name: string) {
  const { slug } = await api.createChannel(name);
  const made = await api.post<Key>(`/channels/${slug}/keys`, { name: 'van' });
  await ObsClient.publish({ whipUrl: `${server.url}/whip`, key: made.key, media });
  await until('it is live', async () => (await api.live(slug)).live);
  return { slug, path: `/channels/${slug}/keys/${made.id}` };
}

describe('whoever publishes is cut off within a second', () => {
  test.each([
    ['its key is revoked', (path: string) => api.delete(path), 'key_revoked'],
    ['its key is rotated', (path: string) => api.post(`${path}/rotate`), 'key_revoked'],
  ])('when %s', async (_, act, reason) => {
    const { slug, path } = await live('cut');
    await act(path);
    await until('the stream is over', ended(slug), { timeoutMs: 1_000 });
    await until('its reason is written', async () => (await lastReason(slug)) === reason);
  });

  test('when its key expires', async () => {
    const { slug, path } = await live('expiring');
    const expiresAt = new Date(Date.now() + 2_000);
    await api.patch(path, { expiresAt });
    await until('the key has expired', () => Date.now() >= expiresAt.getTime());
    await until('the stream is over', ended(slug), { timeoutMs: 1_500 });
    await until('its reason is written', async () => (await lastReason(slug)) === 'key_expired');
  });

  test('when its channel is deleted', async () => {
    const { slug } = await live('gone');
    expect(await liveStreams()).toBe('1');
    await api.delete(`/channels/${slug}`);
    await until('no stream is left', async () => (await liveStreams()) === '0', { timeoutMs: 1_000 });
  });
});

/** What `/metrics` says of streams that are live. */
async function liveStreams(): Promise<string> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return /^freshet_streams\{state="live"\} (\d+)$/m.exec(text)?.[1] ?? text;
}
