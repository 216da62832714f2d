import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { judge } from './conformance/check.ts';
import { Endpoint } from './conformance/endpoint.ts';
import { whepChecks } from './conformance/whep-checks.ts';
import { whipChecks } from './conformance/whip-checks.ts';

const offerOf = (name: string) => readFileSync(new URL(`offers/${name}.sdp`, import.meta.url), 'utf8');
const offer = offerOf('chromium-156-publish-h264');
const checks = [...whipChecks({ simulcastOffer: offerOf('chromium-156-simulcast-3') }), ...whepChecks()];

let server: Server;

afterEach(() => server.close());

/** The items that a server meets which answers everything alike. */
async function metBy(status: number, headers: Record<string, string>, body: string): Promise<string[]> {
  server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/whip`;
  const endpoint = new Endpoint({ kind: 'whip', url, token: 'secret', offer, offlineUrl: url });
  const met: string[] = [];
  for (const check of checks) if ((await judge(check, endpoint)).verdict === 'met') met.push(check.item);
  return met;
}

test('a server that refuses everything meets nothing but the refusals', async () => {
  const refusals = ['A1.2', 'A2.2', 'A2.4', 'A2.5', 'A4.4', 'B4'];
  expect(await metBy(404, {}, 'not here')).toEqual(refusals);
});

test('a server that takes everything, and says nothing true, meets nothing but what asks for a success', async () => {
  const headers = { location: '/session', 'content-type': 'application/sdp', etag: 'W/"weak"' };
  const successes = ['A1.1', 'A1.3', 'A1.13', 'A4.4', 'A5.1', 'A5.2', 'A6.4', 'B1', 'B4/A1.3', 'B17', 'B20/A6.4'];
  const met = await metBy(201, headers, 'v=0\r\n');
  expect(met.filter((item) => !successes.includes(item))).toEqual([]);
});
