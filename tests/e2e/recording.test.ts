import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decoded, probed } from '../recording/written-parts.ts';
import { Api } from '../support/api.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'freshet-recording-'));
let server: Server;
let api: Api;
let media: EncodedMedia;

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly problem: string | null;
  readonly durationMs: number;
  readonly parts: readonly { readonly url: string; readonly durationMs: number; readonly videoCodec: string }[];
}

beforeAll(async () => {
  [server, media] = await Promise.all([Server.start({ dataDir }), makeMedia()]);
  api = await Api.setUp(server);
});
afterAll(async () => {
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function recordedChannel(name: string): Promise<{ slug: string; key: string }> {
  const channel = await api.createChannel(name);
  await api.patch(`/channels/${channel.slug}`, { isRecorded: true });
  return channel;
}

async function latest(slug: string, of = api): Promise<Recording | undefined> {
  return (await of.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`)).items[0];
}

async function isLive(slug: string): Promise<void> {
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');
}

async function fileOf(part: { readonly url: string }, at = server): Promise<Buffer> {
  const response = await fetch(at.url + part.url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** Long enough that there is something to see. */
async function isWritten(slug: string): Promise<void> {
  await until('some seconds are written', async () => {
    const [part] = (await latest(slug))?.parts ?? [];
    return part !== undefined && (await fileOf(part)).length > 400_000;
  });
}

test('what an encoder sends is recorded to the end, and can be played and sought', async () => {
  const { slug, key } = await recordedChannel('recorded');
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await isLive(slug);
  await isWritten(slug);
  await obs.stop();
  const recording = await until('the recording is ready', async () => {
    const now = await latest(slug);
    return now?.state === 'ready' && now;
  });
  const [part, ...others] = recording.parts;
  expect(others).toEqual([]);
  const file = await fileOf(part ?? { url: '' });
  const { format, streams, packets } = await probed(file);
  expect(streams).toMatchObject([{ codec_name: 'h264', width: 640, height: 360 }, { codec_name: 'opus' }]);
  expect(Math.abs(Number(format.duration) * 1000 - recording.durationMs)).toBeLessThan(60);
  const video = packets.filter(({ codec_type }) => codec_type === 'video');
  expect(await decoded(file)).toEqual({ pictures: video.length, words: '' });
  const ranged = await fetch(server.url + part?.url, { headers: { range: 'bytes=0-99' } });
  expect([ranged.status, ranged.headers.get('content-range')]).toEqual([206, `bytes 0-99/${file.length}`]);
  await api.delete(`/recordings/${recording.id}`);
  expect(await latest(slug)).toBeUndefined();
  expect((await fetch(server.url + part?.url)).status).toBe(404);
});

test('after kill -9 the recording is whole up to its last second', async () => {
  const { slug, key } = await recordedChannel('cut-off');
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await isLive(slug);
  await isWritten(slug);
  const before = await latest(slug);
  await server.kill9();
  obs.vanish();
  server = await Server.start({ dataDir });
  api = api.at(server);
  const recording = await until('the recording is ended', async () => {
    const now = await latest(slug);
    return now?.state === 'ready' && now;
  });
  expect(recording).toMatchObject({ id: before?.id, problem: 'interrupted' });
  const file = await fileOf(recording.parts[0] ?? { url: '' });
  const { pictures, words } = await decoded(file);
  expect(words).toBe('');
  expect(pictures).toBeGreaterThan(60);
  expect(readFileSync(join(dataDir, 'recordings', recording.id, '0000.mkv')).length).toBe(file.length);
});
