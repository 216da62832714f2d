import assert from 'node:assert/strict';
import fc from 'fast-check';
import { iceServers } from '../../../web/src/lib/ice.ts';
import { links } from '../../../web/src/lib/links.ts';
import { FakeApp } from '../../support/fake-app.ts';
import { chromiumPlayOffer, obsOffer } from '../../support/offers.ts';
import { mutatedLines } from '../mutated-lines.ts';
import { bounded, type FuzzTarget } from '../target.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT'];
const TYPES = ['application/sdp', 'application/trickle-ice-sdpfrag', 'application/json', 'text/plain', ''];
const TAGS = ['"*"', '*', 'W/"a"', '"a", "b"', ',', '"', ''];
const LINKS = [
  '<turn:t.example:3478?transport=udp>; rel="ice-server"; username="a\\"b"; credential="c,d;e"; credential-type="password"',
  '</whep/sessions/x/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="active,inactive"',
];

// What a client can not send (a line break, a zero) is refused before it reaches anybody.
const headerText = (known: readonly string[]) =>
  fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 200 }), mutatedLines(known)).map(asHeader);
const asHeader = (text: string) => Buffer.from(text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '')).toString('latin1');

const body = fc.oneof(
  mutatedLines([obsOffer, chromiumPlayOffer]),
  mutatedLines(['{"mediaId":"0","rid":"h","maxHeight":720}', '["active","layers"]', '[{}]']),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

/** A live channel, and every way in that takes a client's words. */
async function openDoor() {
  const app = new FakeApp();
  const { user } = await app.account('streamer', 'streamer');
  const { key } = await app.channel('door', user.id);
  const publisher = await app.goLive(key);
  const headers = { 'content-type': 'application/sdp' };
  const joined = await app.request('/whep/door', { method: 'POST', headers, body: chromiumPlayOffer });
  const viewer = joined.headers.get('location') ?? '';
  assert(viewer !== '', `no viewer: ${joined.status}`);
  const paths = ['/whip', '/whep/door', '/whep/nobody', publisher, viewer, `${viewer}/sse`, `${viewer}/layer`];
  return { app, paths, key };
}

const request = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.nat(6),
  type: headerText(TYPES),
  ifMatch: fc.option(headerText(TAGS)),
  authorization: fc.option(headerText(['Bearer x', 'bearer  y ', 'Basic eDp5', 'Bearer', ''])),
  body,
});

/** A new server every so often: a session that a DELETE ended is not there for the next. */
const RENEWED_AFTER = 100;

function httpProperty(): fc.IRawProperty<unknown> {
  let door: ReturnType<typeof openDoor> | undefined;
  let runs = 0;
  return fc.asyncProperty(request, async ({ method, path, type, ifMatch, authorization, body: text }) => {
    if (runs++ % RENEWED_AFTER === 0) door = openDoor();
    const { app, paths } = (await door) ?? (await openDoor());
    const headers = new Headers({ 'content-type': type });
    if (ifMatch !== null) headers.set('if-match', ifMatch);
    if (authorization !== null) headers.set('authorization', authorization);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const response = await app.request(paths[path] ?? '/whip', { method, headers, ...(hasBody && { body: text }) });
    assert(response.status < 500 || response.status === 503, `${method} ${paths[path]}: ${response.status}`);
    const contentType = response.headers.get('content-type') ?? '';
    // A 406 is WHEP's counter-offer.
    const refusal = response.status === 406 ? /^application\/sdp/ : /^application\/problem\+json/;
    if (response.status >= 400 && method !== 'HEAD') assert.match(contentType, refusal);
    if (contentType.startsWith('text/event-stream')) await response.body?.cancel();
  });
}

const readsLinks = bounded((header: string) => {
  for (const { target } of links(header)) assert.doesNotMatch(target, /[<>]/);
  for (const { urls } of iceServers(header)) assert.match(urls, /^(stun|turn)s?:/);
});

export const httpTargets: readonly FuzzTarget[] = [
  { name: 'http', property: httpProperty(), runsASecond: 500 },
  { name: 'link headers', property: fc.property(headerText(LINKS), readsLinks), runsASecond: 5000 },
];
