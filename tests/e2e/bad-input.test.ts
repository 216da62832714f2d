import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { hearsSound, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const SDP = 'application/sdp';

let server: Server;
let api: Api;
let browser: Browser;
let obs: ObsClient;
let key: string;
let watch: Page;

beforeAll(async () => {
  let media: EncodedMedia;
  [server, browser, media] = await Promise.all([Server.start(), openBrowser(), makeMedia()]);
  api = await Api.setUp(server);
  ({ key } = await api.createChannel('steady'));
  obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  watch = await (await newVisitor(browser)).open(`${server.url}/steady`);
  await seesMovingPicture(watch, PLAYER);
  await tapForSound(watch);
});

afterAll(async () => {
  await obs?.stop();
  await browser?.close();
  await server?.stop();
});

interface Bad {
  readonly what: string;
  readonly path: string;
  readonly type?: string;
  readonly authorization?: () => string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly status: number;
}

const anOffer = readFileSync(join(import.meta.dirname, '../interop/offers/chromium-156-publish-vp8.sdp'), 'utf8');
const halfAnOffer = anOffer.slice(0, anOffer.length / 2);
const withKey = () => `Bearer ${key}`;

const table: readonly Bad[] = [
  { what: '10 MB of SDP', path: '/whip', body: 'a=x\r\n'.repeat(2_000_000), status: 413, authorization: withKey },
  { what: '10 MB of SDP to a viewer', path: '/whep/steady', body: 'a=x\r\n'.repeat(2_000_000), status: 413 },
  { what: 'half an offer', path: '/whip', body: halfAnOffer, status: 400, authorization: withKey },
  { what: 'half an offer to a viewer', path: '/whep/steady', body: halfAnOffer, status: 400 },
  { what: 'no SDP', path: '/whip', body: '', status: 400, authorization: withKey },
  { what: 'bytes', path: '/whip', body: new Uint8Array(4096).fill(0xff), status: 400, authorization: withKey },
  { what: 'JSON', path: '/whip', type: 'application/json', body: '{}', status: 415, authorization: withKey },
  { what: 'text to a viewer', path: '/whep/steady', type: 'text/plain', body: 'v=0', status: 415 },
  { what: 'a wrong key', path: '/whip', body: anOffer, status: 401, authorization: () => 'Bearer wrong' },
  { what: 'no key', path: '/whip', body: anOffer, status: 401 },
  { what: 'another scheme', path: '/whip', body: anOffer, status: 401, authorization: () => 'Basic a2V5OmtleQ==' },
  { what: 'an unknown channel', path: '/whep/nobody', body: anOffer, status: 404 },
];

describe('while a stream is live', () => {
  test.each(table)('$what is answered $status with a problem, and harms nothing', async (bad) => {
    const response = await fetch(server.url + bad.path, {
      method: 'POST',
      headers: {
        'content-type': bad.type ?? SDP,
        ...(bad.authorization && { authorization: bad.authorization() }),
      },
      body: bad.body,
    });
    const problem = await response.json();

    expect(response.status).toBe(bad.status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problem).toMatchObject({ status: bad.status, title: expect.any(String) });
    expect(JSON.stringify(problem)).not.toContain(key);
    if (bad.status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect((await api.live('steady')).state).toBe('live');
  });

  test('the viewer has seen and heard all along, and the key is nowhere in the log', async () => {
    await seesMovingPicture(watch, PLAYER);
    await hearsSound(watch);

    expect((await api.live('steady')).stream?.viewers).toBe(1);
    expect(server.output()).not.toContain(key);
  });
});
