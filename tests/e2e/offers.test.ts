import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const FOLDER = join(import.meta.dirname, '../interop/offers');
const offers = readdirSync(FOLDER).map((file) => ({ client: file.replace('.sdp', ''), file }));
const plays = ({ client }: { client: string }) => client.endsWith('play');
const offerOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

let server: Server;
let api: Api;
let obs: ObsClient;

beforeAll(async () => {
  let media: EncodedMedia;
  [server, media] = await Promise.all([Server.start(), makeMedia({ seconds: 2 })]);
  api = await Api.setUp(server);
  const { key } = await api.createChannel('watched');
  obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('the stream is live', async () => (await api.live('watched')).state === 'live');
});

afterAll(async () => {
  await obs?.stop();
  await server?.stop();
});

/** OBS waits for 8 s. */
const PATIENCE_MS = 2_000;

function post(path: string, offer: string, extra: Record<string, string> = {}): Promise<Response> {
  const headers = { 'content-type': 'application/sdp', ...extra };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return fetch(server.url + path, { method: 'POST', headers, body: offer, signal });
}

/** What every client relies on in a 201, whatever the SDP says. Returns the session's address. */
async function expectSession(response: Response): Promise<URL> {
  const answer = await response.text();
  expect(response.status, answer).toBe(201);
  expect(response.headers.get('content-type')).toBe('application/sdp');
  // FFmpeg gives up on a chunked answer.
  expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(answer)));
  expect(response.headers.get('transfer-encoding')).toBeNull();
  expect(response.headers.get('etag')).toMatch(/^"[^"]+"$/);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.startsWith('v=0\r\n')).toBe(true);
  // FFmpeg takes the first candidate it finds.
  expect(answer.match(/^a=candidate:.*$/m)?.[0]).toMatch(/ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/i);
  return new URL(response.headers.get('location') ?? '', response.url);
}

describe('publishing, each client by its own offer', () => {
  test.each(offers.filter((offer) => !plays(offer)))(
    '$client gets a session and may delete it twice',
    async (offer) => {
      const { key } = await api.createChannel(`by-${offer.client.replaceAll('.', '-').slice(0, 36)}`.replace(/-$/, ''));
      const authorization = `Bearer ${key}`;

      const session = await expectSession(await post('/whip', offerOf(offer.file), { authorization }));

      expect(session.pathname).toMatch(/^\/whip\/sessions\/[\w-]{22,}$/);
      expect(session.href).not.toContain(key);
      for (const _attempt of [1, 2]) {
        const deleted = await fetch(session, { method: 'DELETE', headers: { authorization, 'if-match': '"other"' } });
        expect(deleted.status).toBe(200);
      }
    },
  );
});

describe('watching an H264 stream, each client by its own offer', () => {
  const withH264 = offers.filter((offer) => plays(offer) && offerOf(offer.file).includes('H264/90000'));
  const without = offers.filter((offer) => plays(offer) && !withH264.includes(offer));

  test.each(withH264)('$client gets a session', async ({ file }) => {
    const session = await expectSession(await post('/whep/watched', offerOf(file)));

    expect(session.pathname).toMatch(/^\/whep\/sessions\/[\w-]{22,}$/);
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200);
  });

  test.each(without)('$client, which has no H264, is told so', async ({ file }) => {
    const response = await post('/whep/watched', offerOf(file));

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ status: 422, detail: expect.stringMatching(/H264/i) });
  });
});
