import { equal, match, notEqual, ok } from 'node:assert/strict';
import type { Check } from './check.ts';
import { type Endpoint, type Reply, SDP } from './endpoint.ts';

/** What WHIP and WHEP ask alike of HTTP: the item numbers differ. */
export interface HttpItems {
  readonly created: string;
  readonly refused: string;
  readonly typeCase: string;
  readonly get: string;
  readonly cors: string;
  readonly acceptPost: string;
  readonly corsHeaders: string;
  readonly deleted: string;
  readonly deleteEtag: string;
  readonly problem: string;
  readonly redirects: string;
  readonly unguessable: string;
  readonly sizes: string;
}

export function httpChecks(items: HttpItems): Check[] {
  return [
    {
      item: items.created,
      level: 'M',
      requirement: 'A POST of an offer makes a session: 201, application/sdp, an answer, a Location',
      run: async (endpoint) => {
        const session = await endpoint.open();
        match(session.headers.get('content-type') ?? '', /^application\/sdp\b/i);
        match(session.answer, /^v=0\r?\n/);
        ok(isSuccess(await endpoint.ask(session.url, { method: 'DELETE' })), 'the Location can not be deleted');
      },
    },
    {
      item: items.refused,
      level: 'M',
      requirement: 'What is no offer is refused with 4xx',
      run: async (endpoint) => {
        const half = endpoint.offer.slice(0, endpoint.offer.length / 2);
        const bodies: [string, string, string | Uint8Array<ArrayBuffer>][] = [
          ['text/plain', 'text/plain', endpoint.offer],
          ['JSON', 'application/json', '{}'],
          ['an empty body', SDP, ''],
          ['half an offer', SDP, half],
          ['bytes', SDP, new Uint8Array([0, 255, 254, 1, 2, 3])],
        ];
        for (const [what, type, body] of bodies) {
          const { status } = await endpoint.post(body, { headers: { 'content-type': type } });
          ok(isRefusal(status), `${what} is answered ${status}`);
        }
      },
    },
    {
      item: items.typeCase,
      level: 'M',
      requirement: 'The content type may be written in any case, and with parameters',
      run: async (endpoint) => {
        const headers = { 'content-type': 'Application/SDP; charset=utf-8' };
        equal((await endpoint.post(endpoint.offer, { headers })).status, 201);
      },
    },
    {
      item: items.get,
      level: 'M',
      requirement: 'GET of the endpoint and of a session: 2xx without a body',
      run: async (endpoint) => {
        const session = await endpoint.open();
        for (const url of [endpoint.url, session.url]) {
          for (const method of ['GET', 'HEAD']) {
            const reply = await endpoint.ask(url, { method });
            ok(isSuccess(reply), `${method} is answered ${reply.status}`);
            equal(reply.body, '');
          }
        }
      },
    },
    {
      item: items.cors,
      level: 'M',
      requirement: 'A preflight from another origin passes for POST, PATCH and DELETE, without credentials',
      run: async (endpoint) => {
        const session = await endpoint.open();
        for (const [url, method] of [
          [endpoint.url, 'POST'],
          [session.url, 'PATCH'],
          [session.url, 'DELETE'],
        ] as const) {
          const reply = await endpoint.preflight(url, method);
          ok(isSuccess(reply), `the preflight of ${method} is answered ${reply.status}`);
          match(reply.headers.get('access-control-allow-origin') ?? '', /^(\*|https:\/\/elsewhere\.example)$/);
          ok(listOf(reply, 'access-control-allow-methods').includes(method.toLowerCase()), `${method} is not allowed`);
        }
      },
    },
    {
      item: items.acceptPost,
      level: 'S',
      requirement: 'The answer to any OPTIONS has Accept-Post: application/sdp',
      run: async (endpoint) => {
        const plain = await endpoint.ask(endpoint.url, { method: 'OPTIONS' });
        match(plain.headers.get('accept-post') ?? '', /application\/sdp/i);
        const preflight = await endpoint.preflight(endpoint.url, 'POST');
        match(preflight.headers.get('accept-post') ?? '', /application\/sdp/i);
      },
    },
    {
      item: items.corsHeaders,
      level: 'S',
      requirement: 'Other origins may send Authorization, Content-Type, If-Match and read Location, ETag, Link',
      run: async (endpoint) => {
        const allowed = listOf(await endpoint.preflight(endpoint.url, 'POST'), 'access-control-allow-headers');
        for (const name of ['authorization', 'content-type', 'if-match']) ok(allowed.includes(name), `no ${name}`);
        const created = await endpoint.post(endpoint.offer, { headers: { origin: 'https://elsewhere.example' } });
        const exposed = listOf(created, 'access-control-expose-headers');
        for (const name of ['location', 'etag', 'link']) ok(exposed.includes(name), `${name} is not exposed`);
      },
    },
    {
      item: items.deleted,
      level: 'M',
      requirement: 'DELETE of a session: 200, and it is gone',
      run: async (endpoint) => {
        const session = await endpoint.open();
        equal((await endpoint.ask(session.url, { method: 'DELETE' })).status, 200);
        const { status } = await endpoint.ask(session.url);
        ok(status === 404 || status === 410, `GET after DELETE is answered ${status}`);
      },
    },
    {
      item: items.deleteEtag,
      level: 'M',
      requirement: 'DELETE does not look at entity tags',
      run: async (endpoint) => {
        const session = await endpoint.open();
        const headers = { 'if-match': '"another"' };
        equal((await endpoint.ask(session.url, { method: 'DELETE', headers })).status, 200);
      },
    },
    {
      item: items.problem,
      level: 'S',
      requirement: 'Errors are problem details (RFC 9457), and say nothing of the inside',
      run: async (endpoint) => {
        const reply = await endpoint.post('v=0\r\nhello');
        match(reply.headers.get('content-type') ?? '', /^application\/problem\+json\b/);
        const problem = JSON.parse(reply.body) as Record<string, unknown>;
        equal(problem['status'], reply.status);
        ok(typeof problem['title'] === 'string' || typeof problem['detail'] === 'string', 'no title and no detail');
        ok(!/\bat .*:\d+:\d+|node_modules|stack/i.test(reply.body), 'it shows a stack');
      },
    },
    {
      item: items.unguessable,
      level: 'M',
      requirement: "A session's URL can not be guessed, and holds no token",
      run: async (endpoint) => {
        const [one, other] = [await endpoint.open(), await endpoint.open()];
        const last = (url: string) => new URL(url).pathname.split('/').at(-1) ?? '';
        notEqual(last(one.url), last(other.url));
        // 122 bits, as in a random UUID: 21 characters of base64url at least.
        ok(last(one.url).length >= 21, `only ${last(one.url).length} characters`);
        ok(!endpoint.token || !one.url.includes(endpoint.token), 'the token is in the URL');
      },
    },
    {
      item: items.sizes,
      level: 'I',
      requirement: 'What is too long is refused, and the endpoint goes on',
      run: async (endpoint) => {
        // Some servers hang up on a body that is too long: that is a refusal, too.
        const long = await endpoint.post(`v=0\r\n${'a=x\r\n'.repeat(500_000)}`).catch(() => undefined);
        ok(long === undefined || isRefusal(long.status), `2.5 MB are answered ${long?.status}`);
        const lines = 'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n'.repeat(2000);
        const { status } = await endpoint.post(endpoint.offer + lines);
        ok(status < 500, `2000 candidates are answered ${status}`);
        equal((await endpoint.post()).status, 201);
      },
    },
    {
      item: items.redirects,
      level: 'M',
      requirement: 'Nothing is ever redirected by 301 or 302',
      run: async (endpoint) => {
        await endpoint.open();
        ok(!endpoint.statuses.has(301) && !endpoint.statuses.has(302), 'a request was');
      },
    },
  ];
}

export function isSuccess({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

function listOf({ headers }: Reply, name: string): string[] {
  return (headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/);
}

/** The endpoint has to refuse this SDP, by 4xx. */
export async function refuses(endpoint: Endpoint, what: string, offer: string): Promise<void> {
  notEqual(offer, endpoint.offer, `${what}: the offer could not be made`);
  const { status } = await endpoint.post(offer);
  ok(isRefusal(status), `${what} is answered ${status}`);
}
