import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type Check, NotApplicable } from './check.ts';
import { type Endpoint, SDP, type Session } from './endpoint.ts';
import { isRefusal, isSuccess } from './http-checks.ts';

const SSE = 'urn:ietf:params:whep:ext:core:server-sent-events';
const LAYER = 'urn:ietf:params:whep:ext:core:layer';
const JSON_TYPE = { 'content-type': 'application/json' };
const FIRST_EVENT_WITHIN_MS = 3000;
/** Long enough for a state to be told that need not be. */
const QUIET_MS = 1000;

/** WHEP's extensions for server-sent events and layer selection. */
export function extensionChecks(): Check[] {
  return [
    {
      item: 'S2',
      level: 'M',
      requirement: 'A POST of wanted events makes an event stream; of unknown ones it is answered 400',
      run: async (endpoint) => {
        const url = linkOf(await endpoint.open(), SSE);
        const { status, headers } = await endpoint.ask(url, asks(['active', 'inactive']));
        equal(status, 201);
        ok(headers.get('location'), 'no Location');
        equal((await endpoint.ask(url, asks(['no-such-event']))).status, 400);
        equal((await endpoint.ask(url, { method: 'POST' })).status, 201, 'without a body');
      },
    },
    {
      item: 'S3',
      level: 'M',
      requirement: 'It is text/event-stream, each event on one line of data, and only what was asked for',
      run: async (endpoint) => {
        const stream = await openStream(endpoint, await endpoint.open(), ['layers']);
        const { type, event, data } = await firstEvent(stream);
        match(type, /^text\/event-stream\b/);
        equal(event, 'layers');
        equal(data.length, 1);
        ok(typeof JSON.parse(data[0] ?? '') === 'object', 'no JSON');
      },
    },
    {
      item: 'S4',
      level: 'M',
      requirement: 'DELETE ends an event stream, and so does the end of its session: 404 from then on',
      run: async (endpoint) => {
        const session = await endpoint.open();
        const [deleted, orphaned] = [await openStream(endpoint, session), await openStream(endpoint, session)];
        ok(isSuccess(await endpoint.ask(deleted, { method: 'DELETE' })), 'it can not be deleted');
        equal((await endpoint.ask(deleted)).status, 404);
        await endpoint.ask(session.url, { method: 'DELETE' });
        equal((await endpoint.ask(orphaned)).status, 404);
      },
    },
    {
      item: 'S5',
      level: 'M',
      requirement: 'Whoever begins to watch what is published is told active, and not inactive',
      run: async (endpoint) => {
        const stream = await openStream(endpoint, await endpoint.open(), ['active', 'inactive']);
        equal((await firstEvent(stream)).event, 'active');
      },
    },
    {
      item: 'B8/S5',
      level: 'O',
      requirement: 'Whoever may come before there is a stream is let in by 201, and not told inactive first',
      run: async (endpoint) => {
        const { waitingUrl, offer } = endpoint;
        if (waitingUrl === undefined) throw new NotApplicable('no channel was named where viewers may wait');
        const reply = await endpoint.ask(waitingUrl, { method: 'POST', headers: { 'content-type': SDP }, body: offer });
        equal(reply.status, 201);
        const stream = await openStream(endpoint, endpoint.sessionOf(reply), ['active', 'inactive']);
        const first = await firstEvent(stream, QUIET_MS).catch(() => undefined);
        ok(first?.event !== 'inactive', 'it begins with inactive');
      },
    },
    {
      item: 'L1',
      level: 'M',
      requirement: 'Where layers can be chosen, the event stream tells of them',
      run: async (endpoint) => {
        const session = await endpoint.open();
        linkOf(session, LAYER);
        match(session.headers.get('link') ?? '', new RegExp(`rel="${SSE}"; events="[^"]*\\blayers\\b`));
      },
    },
    {
      item: 'L2',
      level: 'M',
      requirement: 'A layer is asked for by POST of JSON: 200, or an error where there is none such',
      run: async (endpoint) => {
        const url = linkOf(await endpoint.open(), LAYER);
        equal((await endpoint.ask(url, asks({ maxHeight: 4320 }))).status, 200);
        const none = await endpoint.ask(url, asks({ rid: 'no-such-rid' }));
        ok(isRefusal(none.status), `a rid that is not there is answered ${none.status}`);
        const broken = await endpoint.ask(url, { method: 'POST', headers: JSON_TYPE, body: '{' });
        ok(isRefusal(broken.status), `broken JSON is answered ${broken.status}`);
      },
    },
    {
      item: 'L3',
      level: 'M',
      requirement: 'Without a wish the server chooses again',
      run: async (endpoint) => {
        const url = linkOf(await endpoint.open(), LAYER);
        equal((await endpoint.ask(url, asks({}))).status, 200);
      },
    },
    {
      item: 'L4',
      level: 'I',
      requirement: 'encodingId is taken as another name of rid',
      run: async (endpoint) => {
        const url = linkOf(await endpoint.open(), LAYER);
        const [byRid, byId] = [
          await endpoint.ask(url, asks({ rid: 'no-such-rid' })),
          await endpoint.ask(url, asks({ encodingId: 'no-such-rid' })),
        ];
        deepEqual([byId.status, byId.body], [byRid.status, byRid.body]);
      },
    },
  ];
}

function asks(body: unknown) {
  return { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) };
}

function linkOf({ headers, url }: Session, rel: string): string {
  for (const [, target, relation] of (headers.get('link') ?? '').matchAll(/<([^>]*)>\s*;\s*rel="([^"]*)"/g)) {
    if (relation === rel && target !== undefined) return new URL(target, url).href;
  }
  throw new NotApplicable('the server does without this extension');
}

async function openStream(endpoint: Endpoint, session: Session, events?: readonly string[]): Promise<string> {
  const url = linkOf(session, SSE);
  const { headers } = await endpoint.ask(url, events ? asks(events) : { method: 'POST' });
  return new URL(headers.get('location') ?? '', url).href;
}

interface StreamEvent {
  readonly type: string;
  readonly event: string | undefined;
  readonly data: readonly string[];
}

/** What comes first, up to the empty line. */
async function firstEvent(url: string, withinMs = FIRST_EVENT_WITHIN_MS): Promise<StreamEvent> {
  const hangUp = new AbortController();
  const timer = setTimeout(() => hangUp.abort(), withinMs);
  try {
    const response = await fetch(url, { signal: hangUp.signal });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      const block = text.split(/\r?\n\r?\n/).find((part) => /^data:/m.test(part) && text.includes(`${part}\n`));
      if (block) return { type: response.headers.get('content-type') ?? '', ...fieldsOf(block) };
    }
    throw new Error('the stream ended before its first event');
  } finally {
    clearTimeout(timer);
    hangUp.abort();
  }
}

function fieldsOf(block: string) {
  const lines = block.split(/\r?\n/);
  const of = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
  return { event: of('event')[0], data: of('data') };
}
