import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../../src/http/server.ts';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';
import { obsOffer } from '../support/offers.ts';

let fake: FakeApp;
let key: string;
let server: HttpServer;
let base: string;

async function start(options: ConstructorParameters<typeof FakeApp>[0] = {}): Promise<void> {
  fake = new FakeApp(options);
  key = (await fake.channel('brook', fake.users.add('owner', 'owner').id)).key;
  server = await serveHttp({ app: fake.app, host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${server.port}`;
}

beforeEach(() => start());

afterEach(async () => {
  await server.close();
  await fake.streams.close();
});

const whip = (body: RequestInit['body'], more: object = {}) =>
  fetch(`${base}/whip`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/sdp' },
    body: body ?? null,
    ...more,
  });

describe('over a real connection', () => {
  it('an answer has its length and is not sent in chunks', async () => {
    const response = await whip(obsOffer);
    expect(response.status).toBe(201);
    expect(response.headers.get('transfer-encoding')).toBeNull();
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(await response.text())));
  });

  it('10 MB of SDP are refused without being read, and the server goes on', async () => {
    const { status, sentBytes } = await postSlowly(10_000_000, { 'content-length': '10000000' });
    expect(status).toBe(413);
    expect(sentBytes).toBeLessThan(8_000_000);
    const chunked = await postSlowly(10_000_000, { 'transfer-encoding': 'chunked' });
    expect(chunked.status).toBe(413);
    expect((await whip(obsOffer)).status).toBe(201);
  });

  it('who sent too much goes on over the same connection', async () => {
    const tooMuch = `v=0\r\n${'a=x\r\n'.repeat(500_000)}`;
    for (let time = 0; time < 4; time += 1) {
      expect((await whip(tooMuch)).status).toBe(413);
      // A connection that is cleared away half a second later would be missed now.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await whip(obsOffer)).status).toBe(201);
    }
  });

  it('a DELETE is answered with 200 and no body', async () => {
    const location = (await whip(obsOffer)).headers.get('location');
    const response = await fetch(base + location, { method: 'DELETE' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '0', '']);
  });

  it('garbage instead of HTTP harms nobody', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('\0\u0001\r\n\r\nGET nonsense'));
      socket
        .on('close', () => resolve())
        .on('error', () => {})
        .resume();
    });
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
  });

  it('pages come from the site, with what it writes', async () => {
    await server.close();
    await start({ site: (incoming, outgoing) => outgoing.end(`page ${incoming.url}`) });
    expect(await (await fetch(`${base}/brook?x=1`)).text()).toBe('page /brook?x=1');
    expect((await fetch(`${base}/api/v1/nothing`)).status).toBe(404);
    expect((await fetch(`${base}/whip`, { method: 'PUT' })).status).toBe(405);
  });

  it('an address in use is an error of the start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    const port = await new Promise<number>((resolve) =>
      other.once('listening', () => resolve((other.address() as { port: number }).port)),
    );
    await expect(serveHttp({ app: fake.app, host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
  });
});

describe('event streams', () => {
  it('begin with the present state and tell every change', async () => {
    const events = await openEvents('/api/v1/channels/brook/events');
    const offline = { live: false, state: 'offline', dashUrl: null, thumbnailUrl: null, stream: null };
    expect(await events.next()).toEqual({ event: 'live', data: offline });
    await fake.goLive(key);
    expect(await events.next()).toMatchObject({ event: 'live', data: { live: true, state: 'live' } });

    const channel = await fake.channelStore.bySlug('brook');
    if (!channel) throw new Error('no channel');
    const { sessionId } = await fake.streams.play({
      channel,
      offer: obsOffer.replaceAll('a=sendonly', 'a=recvonly'),
    });
    fake.media.connect(sessionId);
    expect(await events.next()).toEqual({ event: 'viewers', data: { viewers: 1 } });
    await events.close();
  });

  it('end with their reader, and are not heard of again', async () => {
    const events = await openEvents('/api/v1/channels/brook/events');
    await events.next();
    await events.close();
    await fake.goLive(key);
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
  });

  it('do not keep the server from closing', async () => {
    const events = await openEvents('/api/v1/channels/brook/events');
    await events.next();
    const start = performance.now();
    await server.close();
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('of an unknown channel are not there', async () => {
    expect((await fetch(`${base}/api/v1/channels/nobody/events`)).status).toBe(404);
  });
});

/** Sends until it is answered; how much was sent by then. */
function postSlowly(bytes: number, headers: Record<string, string>): Promise<{ status: number; sentBytes: number }> {
  return new Promise((resolve, reject) => {
    let sentBytes = 0;
    let isAnswered = false;
    const request = httpRequest(`${base}/whip`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/sdp', ...headers },
    });
    request.on('response', (response) => {
      isAnswered = true;
      resolve({ status: response.statusCode ?? 0, sentBytes });
      response.resume();
      request.destroy();
    });
    request.on('error', (error) => isAnswered || reject(error));
    const send = () => {
      while (!isAnswered && sentBytes < bytes) {
        sentBytes += 65_536;
        if (!request.write(Buffer.alloc(65_536, 'a'))) return void request.once('drain', send);
      }
    };
    send();
  });
}

async function openEvents(path: string) {
  const aborter = new AbortController();
  const response = await fetch(base + path, { signal: aborter.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(): Promise<{ event: string; data: unknown }> {
      for (;;) {
        const [whole, event = '', data = ''] = /^event: (.*)\ndata: (.*)\n\n/.exec(text) ?? [];
        if (whole !== undefined) {
          text = text.slice(whole.length);
          return { event, data: JSON.parse(data) };
        }
        const chunk = await reader?.read();
        if (!chunk || chunk.done) throw new Error('the event stream ended');
        text += chunk.value;
      }
    },
    async close(): Promise<void> {
      aborter.abort();
      await settled();
    },
  };
}
