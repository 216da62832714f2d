import { equal, match, ok } from 'node:assert/strict';
import { answersWithDirection, bundlesAll, hasCandidates, iceServers, setupOf } from './answer-checks.ts';
import { type Check, NotApplicable } from './check.ts';
import type { Endpoint } from './endpoint.ts';
import { httpChecks, isRefusal, isSuccess, refuses } from './http-checks.ts';
import { patchChecks } from './patch-checks.ts';
import { attribute, media, withDirection, withSecond, withSetup, withUnknownCodecs } from './sdp.ts';

/** RFC 9725, as a client without media can see it. `simulcastOffer`: of three layers by rid. */
export function whipChecks({ simulcastOffer }: { simulcastOffer: string }): Check[] {
  return [
    ...httpChecks({
      created: 'A1.1',
      refused: 'A1.2',
      typeCase: 'A1.3',
      get: 'A1.4',
      cors: 'A1.5',
      acceptPost: 'A1.6',
      corsHeaders: 'A1.7',
      deleted: 'A1.8',
      deleteEtag: 'A1.9',
      problem: 'A1.10',
      redirects: 'A1.13',
      unguessable: 'A1.14',
      sizes: 'A6.4',
    }),
    ...sdpChecks(simulcastOffer),
    ...patchChecks('A3.'),
    ...accessChecks(),
  ];
}

function sdpChecks(simulcastOffer: string): Check[] {
  return [
    {
      item: 'A2.1',
      level: 'M',
      requirement: 'The answer receives only',
      run: (endpoint) => answersWithDirection(endpoint, 'recvonly'),
    },
    {
      item: 'A2.2',
      level: 'M',
      requirement: 'Offers that send nothing are refused',
      run: async (endpoint) => {
        await refuses(endpoint, 'an inactive offer', withDirection(endpoint.offer, 'inactive'));
        await refuses(endpoint, 'an offer that only receives', withDirection(endpoint.offer, 'recvonly'));
      },
    },
    {
      item: 'A2.3',
      level: 'M',
      requirement: 'All in one bundle, each m-section with rtcp-mux and rtcp-mux-only',
      run: bundlesAll,
    },
    {
      item: 'A2.4',
      level: 'M',
      requirement: 'More than one track of a kind is refused',
      run: (endpoint) => refuses(endpoint, 'a second video', withSecond(endpoint.offer, 'video')),
    },
    {
      item: 'A2.5',
      level: 'S',
      requirement: 'No partial success: where one m-section can not be received, all is refused',
      run: async (endpoint) => {
        await refuses(endpoint, 'a picture of unknown codecs', withUnknownCodecs(endpoint.offer, 'video'));
        await refuses(endpoint, 'sound of unknown codecs', withUnknownCodecs(endpoint.offer, 'audio'));
      },
    },
    {
      item: 'A2.6',
      level: 'S',
      requirement: 'setup:actpass is answered passive; setup:active likewise, or refused',
      run: async (endpoint) => {
        equal(setupOf((await endpoint.open(withSetup(endpoint.offer, 'actpass'))).answer), 'passive');
        const { status, body } = await endpoint.post(withSetup(endpoint.offer, 'active'));
        ok(status === 201 ? setupOf(body) === 'passive' : isRefusal(status), `active is answered ${status}`);
      },
    },
    {
      item: 'A2.7',
      level: 'I',
      requirement: "setup:passive, FFmpeg's way, is answered active",
      run: async (endpoint) => {
        equal(setupOf((await endpoint.open(withSetup(endpoint.offer, 'passive'))).answer), 'active');
      },
    },
    { item: 'A2.9', level: 'M', requirement: "The answer has the server's candidates", run: hasCandidates },
    {
      item: 'A2.10',
      level: 'M',
      requirement: 'Simulcast is answered by RFC 8853: some of the rids, to be received, or none at all',
      run: async (endpoint) => {
        const { answer } = await endpoint.open(simulcastOffer);
        const video = media(answer).find(([first]) => first?.startsWith('m=video')) ?? [];
        const simulcast = attribute(answer, video, 'simulcast');
        if (simulcast === undefined) throw new NotApplicable('simulcast is not accepted');
        match(simulcast, /^recv /);
        const offered = simulcastOffer.match(/^a=rid:(\S+) send/gm)?.map((line) => line.slice(6).split(' ')[0]);
        for (const rid of simulcast.slice(5).split(/[;,]/)) {
          ok(offered?.includes(rid), `${rid} was not offered`);
          ok(
            video.some((line) => line.startsWith(`a=rid:${rid} recv`)),
            `${rid} has no a=rid`,
          );
        }
      },
    },
    {
      item: 'A2.12',
      level: 'S',
      requirement: 'The sender is told what its link carries: transport-cc or goog-remb',
      run: async (endpoint) => match((await endpoint.open()).answer, /^a=rtcp-fb:\S+ (transport-cc|goog-remb)/m),
    },
    {
      item: 'A2.14',
      level: 'I',
      requirement: 'NACK and PLI are agreed on, and RTX where it is offered',
      run: async (endpoint) => {
        const { answer } = await endpoint.open();
        match(answer, /^a=rtcp-fb:\S+ nack\r?$/m);
        match(answer, /^a=rtcp-fb:\S+ nack pli\r?$/m);
        if (/ rtx\/90000/.test(endpoint.offer)) match(answer, / rtx\/90000/);
      },
    },
  ];
}

function accessChecks(): Check[] {
  return [
    {
      item: 'A4.2',
      level: 'M',
      requirement: 'Links to TURN servers are well formed, with credentials of the type password',
      run: async (endpoint) => {
        const servers = iceServers((await endpoint.open()).headers.get('link'));
        if (servers.length === 0) throw new NotApplicable('no ICE servers are told');
        for (const { target, parameters } of servers) {
          match(target, /^(stun|turns?):/);
          if (!target.startsWith('turn')) continue;
          match(parameters, /; username="[^"]+"/);
          match(parameters, /; credential="[^"]+"/);
        }
      },
    },
    {
      item: 'A4.4',
      level: 'S',
      requirement: 'A preflight gets no TURN credentials',
      run: async (endpoint) => {
        const { headers } = await endpoint.preflight(endpoint.url, 'POST');
        equal(iceServers(headers.get('link')).length, 0);
      },
    },
    {
      item: 'A5.1',
      level: 'M',
      requirement: 'Bearer tokens are taken with POST, PATCH and DELETE',
      run: async (endpoint) => {
        tokenOf(endpoint);
        const session = await endpoint.open();
        ok(isSuccess(await endpoint.ask(session.url, { method: 'DELETE' })), 'DELETE with a token is refused');
      },
    },
    {
      item: 'A5.2',
      level: 'M',
      requirement: 'A preflight needs no token',
      run: async (endpoint) => ok(isSuccess(await endpoint.preflight(endpoint.url, 'POST'))),
    },
    {
      item: 'A5.3',
      level: 'S',
      requirement: '401 with WWW-Authenticate where the token is missing or wrong',
      run: async (endpoint) => {
        const wrong = `${tokenOf(endpoint)}x`;
        for (const reply of [
          await endpoint.post(endpoint.offer, { isAnonymous: true }),
          await endpoint.post(endpoint.offer, { headers: { authorization: `Bearer ${wrong}` } }),
        ]) {
          equal(reply.status, 401);
          match(reply.headers.get('www-authenticate') ?? '', /^Bearer\b/i);
        }
      },
    },
  ];
}

function tokenOf({ token }: Endpoint): string {
  if (token === undefined) throw new NotApplicable('no token was given');
  return token;
}
