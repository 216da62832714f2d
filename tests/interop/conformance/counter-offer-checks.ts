import { equal, match, ok } from 'node:assert/strict';
import { type Check, NotApplicable } from './check.ts';
import { type Endpoint, SDP, type Session } from './endpoint.ts';
import { isRefusal } from './http-checks.ts';
import { answerTo, directionOf, media } from './sdp.ts';

/** Of servers that offer where a client can not: one that sends nothing is taken for such a client. */
export function counterOfferChecks(): Check[] {
  return [
    {
      item: 'B1, B5',
      level: 'M',
      requirement: 'A counter-offer is a 406 with an offer that sends, and a Location',
      run: async (endpoint) => {
        const { answer: offer, headers } = await openOffered(endpoint);
        match(headers.get('content-type') ?? '', /^application\/sdp\b/i);
        match(offer, /^v=0\r?\n/);
        ok(media(offer).length > 0, 'it has no m-section');
        for (const section of media(offer)) match(directionOf(section) ?? 'none', /^(sendonly|sendrecv)$/);
        match(offer, /^a=setup:actpass\r?$/m);
      },
    },
    {
      item: 'B2',
      level: 'O',
      requirement: 'It says until when it holds: valid-until, an HTTP date to come',
      run: async (endpoint) => {
        const { headers } = await openOffered(endpoint);
        const until = /;\s*valid-until="([^"]*)"/i.exec(headers.get('content-type') ?? '')?.[1];
        if (until === undefined) throw new NotApplicable('it does not, which means 30 seconds');
        equal(new Date(until).toUTCString(), until);
        const now = Date.parse(headers.get('date') ?? new Date().toUTCString());
        ok(Date.parse(until) > now, `${until} is over`);
      },
    },
    {
      item: 'B3',
      level: 'M',
      requirement: 'Its answer is taken by PATCH: 204, of a malformed one 4xx, of a second one 422',
      run: async (endpoint) => {
        const session = await openOffered(endpoint);
        const answer = answerTo(session.answer);
        for (const [what, body] of [
          ['an empty body', ''],
          ['no SDP', 'hello'],
          ['an answer without m-sections', answer.slice(0, answer.indexOf('m='))],
        ] as const) {
          const { status } = await endpoint.patch(session, body, { type: SDP });
          ok(isRefusal(status), `${what} is answered ${status}`);
        }
        equal((await endpoint.patch(session, answer, { type: SDP })).status, 204);
        equal((await endpoint.patch(session, answer, { type: SDP })).status, 422);
      },
    },
  ];
}

async function openOffered(endpoint: Endpoint): Promise<Session> {
  const reply = await endpoint.post('');
  if (reply.status !== 406) throw new NotApplicable('none are made');
  return endpoint.sessionOf(reply);
}
