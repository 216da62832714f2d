import { equal, match, ok } from 'node:assert/strict';
import { answersWithDirection, bundlesAll } from './answer-checks.ts';
import { type Check, NotApplicable } from './check.ts';
import { counterOfferChecks } from './counter-offer-checks.ts';
import { extensionChecks } from './extension-checks.ts';
import { httpChecks, isRefusal, isSuccess, refuses } from './http-checks.ts';
import { patchChecks } from './patch-checks.ts';
import { attribute, directionOf, media, withDirection, withUnknownCodecs } from './sdp.ts';

/** draft-ietf-wish-whep, as a client without media can see it. */
export function whepChecks(): Check[] {
  return [
    ...httpChecks({
      created: 'B1',
      refused: 'B4',
      typeCase: 'B4/A1.3',
      get: 'B9',
      cors: 'B12/A1.5',
      acceptPost: 'B12/A1.6',
      corsHeaders: 'B12/A1.7',
      deleted: 'B11/A1.8',
      deleteEtag: 'B11',
      problem: 'B4/A1.10',
      redirects: 'B17',
      unguessable: 'B20/A1.14',
      sizes: 'B20/A6.4',
    }),
    ...ownChecks(),
    ...counterOfferChecks(),
    ...patchChecks('B13/A3.'),
    ...extensionChecks(),
  ];
}

function ownChecks(): Check[] {
  return [
    {
      item: 'B4',
      level: 'M',
      requirement: '406 is for counter-offers alone: a wrong type is answered 415',
      run: async (endpoint) => {
        const { status } = await endpoint.post(endpoint.offer, { headers: { 'content-type': 'text/plain' } });
        equal(status, 415);
        const broken = await endpoint.post('hello');
        ok(isRefusal(broken.status) && broken.status !== 406, `no offer is answered ${broken.status}`);
        const empty = await endpoint.post('');
        if (empty.status === 406) match(empty.body, /^v=0\r?\n/);
      },
    },
    {
      item: 'B5',
      level: 'M',
      requirement: 'The answer sends only; offers that can not receive are refused',
      run: async (endpoint) => {
        await answersWithDirection(endpoint, 'sendonly');
        await refuses(endpoint, 'an inactive offer', withDirection(endpoint.offer, 'inactive'));
        await refuses(endpoint, 'an offer that only sends', withDirection(endpoint.offer, 'sendonly'));
      },
    },
    {
      item: 'B7',
      level: 'M',
      requirement: 'Where nobody publishes: 409 with Retry-After',
      run: async (endpoint) => {
        if (endpoint.offlineUrl === undefined) throw new NotApplicable('no channel was named where nobody publishes');
        const init = { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: endpoint.offer };
        const reply = await endpoint.ask(endpoint.offlineUrl, init);
        equal(reply.status, 409);
        match(reply.headers.get('retry-after') ?? '', /^\d+$/);
      },
    },
    {
      item: 'B10',
      level: 'S',
      requirement: 'HEAD tells a WHEP endpoint by its content type',
      run: async (endpoint) => {
        const reply = await endpoint.ask(endpoint.url, { method: 'HEAD' });
        equal(reply.status, 200);
        match(reply.headers.get('content-type') ?? '', /^application\/sdp\b/i);
      },
    },
    {
      item: 'B14',
      level: 'M',
      requirement: 'One bundle with rtcp-mux-only, one MediaStream, a track of each kind at most',
      run: async (endpoint) => {
        await bundlesAll(endpoint);
        const { answer } = await endpoint.open();
        const sent = media(answer).filter((section) => directionOf(section) === 'sendonly');
        const streams = new Set(sent.map((section) => attribute(answer, section, 'msid')?.split(' ')[0]));
        equal(streams.size, 1, 'several MediaStreams');
        const kinds = sent.map(([first]) => first?.split(' ')[0]);
        equal(new Set(kinds).size, kinds.length, 'two tracks of a kind');
      },
    },
    {
      item: 'B15',
      level: 'M',
      requirement: 'Once agreed on, media is not negotiated again: SDP by PATCH is refused',
      run: async (endpoint) => {
        const session = await endpoint.open();
        const { status } = await endpoint.patch(session, endpoint.offer, { type: 'application/sdp' });
        ok(isRefusal(status), `it is answered ${status}`);
        ok(isSuccess(await endpoint.ask(session.url)), 'the session is gone');
      },
    },
    {
      item: 'B16',
      level: 'O',
      requirement: 'A viewer who knows no codec of the sound may have the picture: port 0, or all is refused',
      run: async (endpoint) => {
        const { status, body } = await endpoint.post(withUnknownCodecs(endpoint.offer, 'audio'));
        if (isRefusal(status)) throw new NotApplicable('all is refused');
        equal(status, 201);
        const audio = media(body).find(([first]) => first?.startsWith('m=audio'));
        match(audio?.[0] ?? '', /^m=audio 0 /);
      },
    },
  ];
}
