import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { judge, type Result } from './conformance/check.ts';
import { Endpoint } from './conformance/endpoint.ts';
import { conformancePage } from './conformance/report.ts';
import { whepChecks } from './conformance/whep-checks.ts';
import { whipChecks } from './conformance/whip-checks.ts';

const offerOf = (name: string) => readFileSync(new URL(`offers/${name}.sdp`, import.meta.url), 'utf8');

const simulcastOffer = offerOf('chromium-156-simulcast-3');
interface Subject {
  endpoint?: Endpoint;
  /** By item and requirement: a second try counts instead of the first. */
  readonly results: Map<string, Result>;
}

const whip: Subject = { results: new Map() };
const whep: Subject = { results: new Map() };
let server: Server;
let obs: ObsClient;

beforeAll(async () => {
  const env = { TURN_URLS: 'turn:turn.example.org:3478', TURN_SECRET: 'a secret of more than 32 characters' };
  const [started, media] = await Promise.all([Server.start({ env }), makeMedia({ seconds: 2 })]);
  server = started;
  const api = await Api.setUp(server);
  const [toPublish, toWatch, offline, waiting] = await Promise.all(
    ['to-publish', 'to-watch', 'nobody-here', 'nobody-yet'].map((name) => api.createChannel(name)),
  );
  if (!toPublish || !toWatch || !offline || !waiting) throw new Error('no channels');
  await api.patch(`/channels/${waiting.slug}`, { acceptsWaitingViewers: true });
  obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key: toWatch.key, media });
  await until('the stream is live', async () => (await api.live(toWatch.slug)).state === 'live');
  const [publish, play] = [offerOf('chromium-156-publish-h264'), offerOf('chromium-156-play')];
  whip.endpoint = new Endpoint({ kind: 'whip', url: `${server.url}/whip`, token: toPublish.key, offer: publish });
  whep.endpoint = new Endpoint({
    kind: 'whep',
    url: `${server.url}/whep/${toWatch.slug}`,
    offer: play,
    offlineUrl: `${server.url}/whep/${offline.slug}`,
    waitingUrl: `${server.url}/whep/${waiting.slug}`,
  });
});

afterAll(async () => {
  await obs?.stop();
  await server?.stop();
});

describe.each([
  { name: 'WHIP', subject: whip, checks: whipChecks({ simulcastOffer }) },
  { name: 'WHEP', subject: whep, checks: whepChecks() },
])('$name', ({ subject, checks }) => {
  test.each(checks)('$item: $requirement', async (check) => {
    const { endpoint, results } = subject;
    if (!endpoint) throw new Error('no server');
    const result = await judge(check, endpoint);
    results.set(`${check.item} ${check.requirement}`, result);
    expect(result.verdict, result.detail).not.toBe('not met');
  });
});

test('docs/conformance.md says what was just seen', async () => {
  const page = conformancePage([
    { title: 'WHIP', results: [...whip.results.values()] },
    { title: 'WHEP', results: [...whep.results.values()] },
  ]);
  await expect(page).toMatchFileSnapshot('../../docs/conformance.md');
});
