import { equal, match, notEqual, ok } from 'node:assert/strict';
import { type Check, NotApplicable } from './check.ts';
import { type Endpoint, FRAGMENT, type Session } from './endpoint.ts';
import { isRefusal, isSuccess } from './http-checks.ts';
import { attribute, fragmentOf, media, sections } from './sdp.ts';

const CANDIDATE = 'a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host';

/** Each checks out of one of these: trickle, restart, both or neither may be there. */
export function patchChecks(prefix: string): Check[] {
  const check = (number: number, level: Check['level'], requirement: string, run: Check['run']): Check => ({
    item: `${prefix}${number}`,
    level,
    requirement,
    run,
  });
  return [
    check(1, 'M', 'PATCH of another type, or of no fragment: 4xx', async (endpoint) => {
      const session = await endpoint.open();
      const fragment = fragmentOf(endpoint.offer, [CANDIDATE]);
      for (const [what, reply] of [
        ['text', await endpoint.patch(session, fragment, { type: 'text/plain' })],
        ['an offer', await endpoint.patch(session, endpoint.offer, { type: 'application/sdp' })],
        ['no fragment', await endpoint.patch(session, 'hello')],
      ] as const) {
        ok(isRefusal(reply.status), `${what} is answered ${reply.status}`);
      }
    }),
    check(3, 'M', 'Where ICE can be restarted the 201 has a strong, quoted ETag of its own', async (endpoint) => {
      const [one, other] = [await openWithRestart(endpoint), await endpoint.open()];
      match(one.etag ?? '', /^"[^"*]+"$/);
      notEqual(one.etag, other.etag);
    }),
    check(4, 'M', 'PATCH without If-Match: 428; with another ETag: 412', async (endpoint) => {
      const session = await openWithRestart(endpoint);
      const fragment = fragmentOf(endpoint.offer, [CANDIDATE]);
      equal((await endpoint.patch(session, fragment, { ifMatch: null })).status, 428);
      equal((await endpoint.patch(session, fragment, { ifMatch: '"another"' })).status, 412);
    }),
    check(5, 'M', 'Trickled candidates: 204, no body, no ETag', async (endpoint) => {
      const session = await endpoint.open();
      const reply = await trickle(endpoint, session, [CANDIDATE]);
      equal(reply.body, '');
      equal(reply.headers.get('etag'), null);
    }),
    check(6, 'M', 'Candidates of unknown kinds are passed over, with 204', async (endpoint) => {
      const session = await endpoint.open();
      for (const candidate of [
        'a=candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active',
        'a=candidate:1 1 udp 2130706431 8b1f5a3c-9e2d-4c55-9d0e-1f2a3b4c5d6e.local 50000 typ host',
        'a=candidate:1 1 ssltcp 1518280447 192.0.2.1 443 typ host',
        'a=candidate:1 1 sctp 1 192.0.2.1 1 typ host',
        'a=candidate:1 1 udp 2130706431 2001:db8::1 50000 typ host',
        'a=candidate:9999999999999999999999999999999 1 udp 1 192.0.2.1 1 typ quux generation 0',
      ]) {
        await trickle(endpoint, session, [candidate]);
      }
    }),
    check(
      7,
      'M',
      'New credentials restart ICE: 200, a fragment with new ones and candidates, a new ETag',
      async (endpoint) => {
        for (const ifMatch of ['*', '"*"']) {
          const session = await openWithRestart(endpoint);
          const reply = await endpoint.patch(session, freshFragment(endpoint), { ifMatch });
          equal(reply.status, 200, `If-Match: ${ifMatch} is answered ${reply.status}`);
          match(reply.headers.get('content-type') ?? '', new RegExp(`^${FRAGMENT}\\b`, 'i'));
          match(reply.headers.get('etag') ?? '', /^"[^"*]+"$/);
          notEqual(reply.headers.get('etag'), session.etag);
          const [before = []] = media(session.answer);
          const ufrag = /^a=ice-ufrag:(.*?)\r?$/m.exec(reply.body)?.[1];
          ok(
            ufrag !== undefined && ufrag !== attribute(session.answer, before, 'ice-ufrag'),
            'the old credentials stay',
          );
          match(reply.body, /^a=ice-pwd:\S{22,}/m);
          match(reply.body, /^a=candidate:/m);
        }
      },
    ),
    check(9, 'M', 'ice-lite and ice-options are in a fragment as they were in the answer', async (endpoint) => {
      const session = await openWithRestart(endpoint);
      const { status, body } = await endpoint.patch(session, freshFragment(endpoint), { ifMatch: '*' });
      equal(status, 200);
      const iceOf = (text: string) =>
        sections(text)
          .flat()
          .filter((line) => /^a=ice-(lite|options|pacing)/.test(line));
      equal([...new Set(iceOf(body))].toSorted().join(), [...new Set(iceOf(session.answer))].toSorted().join());
    }),
    check(10, 'M', 'A restart that fails leaves the session as it was', async (endpoint) => {
      const session = await openWithRestart(endpoint);
      const broken = 'a=ice-ufrag:x\r\n';
      const reply = await endpoint.patch(session, broken, { ifMatch: '*' });
      ok(isRefusal(reply.status), `half a pair of credentials is answered ${reply.status}`);
      ok(isSuccess(await endpoint.ask(session.url)), 'the session is gone');
      await trickle(endpoint, session, [CANDIDATE]);
    }),
    check(
      11,
      'M',
      'What is out of order does no harm: the ETag before a restart is none any more',
      async (endpoint) => {
        const session = await openWithRestart(endpoint);
        const restarted = await endpoint.patch(session, freshFragment(endpoint), { ifMatch: '*' });
        equal(restarted.status, 200);
        const late = await endpoint.patch(session, fragmentOf(endpoint.offer, [CANDIDATE]));
        equal(late.status, 412);
      },
    ),
    check(12, 'M', 'A fragment of one m-section, and the end of candidates, are taken', async (endpoint) => {
      await trickle(endpoint, await endpoint.open(), ['a=end-of-candidates']);
    }),
    check(13, 'O', 'The 201 has Accept-Patch', async (endpoint) => {
      const { headers } = await endpoint.open();
      if (headers.get('accept-patch') === null) throw new NotApplicable('the final text does without');
      match(headers.get('accept-patch') ?? '', /application\/trickle-ice-sdpfrag/i);
    }),
  ];
}

function freshFragment({ offer }: Endpoint): string {
  return fragmentOf(offer, [CANDIDATE], { ufrag: 'fresh1', pwd: 'x'.repeat(24) });
}

async function openWithRestart(endpoint: Endpoint): Promise<Session> {
  const session = await endpoint.open();
  if (session.etag === null) throw new NotApplicable('ICE can not be restarted: the 201 has no ETag');
  return session;
}

async function trickle(endpoint: Endpoint, session: Session, lines: readonly string[]) {
  const reply = await endpoint.patch(session, fragmentOf(endpoint.offer, lines));
  if (reply.status === 405 || reply.status === 501) throw new NotApplicable('candidates can not be trickled');
  equal(reply.status, 204, `${lines.join()} is answered ${reply.status}`);
  return reply;
}
