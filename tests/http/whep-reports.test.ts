import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

let fake: FakeApp;
let location: string;
let links: string;

beforeEach(async () => {
  fake = new FakeApp();
  const { user } = await fake.account('owner', 'owner');
  await fake.goLive((await fake.channel('brook', user.id)).key);
  const headers = { 'content-type': 'application/sdp', 'user-agent': 'Mozilla/5.0 Firefox/153.0' };
  const response = await fake.request('/whep/brook', { method: 'POST', headers, body: chromiumPlayOffer });
  location = response.headers.get('location') ?? '';
  links = response.headers.get('link') ?? '';
  fake.media.connect(location.split('/').at(-1) ?? '');
});

function report(body: unknown, type = 'application/json', place = location): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fake.request(`${place}/report`, { method: 'POST', headers: { 'content-type': type }, body: text });
}

async function noted() {
  await fake.clock.advance(11_000);
  const [row] = [...fake.streamStore.viewers.values()];
  return row;
}

describe('reports of players', () => {
  it('are linked to', () => {
    expect(links).toContain(`<${location}/report>; rel="urn:freshet:whep:ext:report"`);
  });

  it('are noted with the viewer, beside what he watches with', async () => {
    expect((await report({ joinMs: 31.6, stalls: 1, stalledMs: 0, height: 720, framesDecoded: 5 })).status).toBe(204);
    const row = await noted();
    expect(row).toMatchObject({ client: 'firefox', played: { joinMs: 32, stalls: 1, stalledMs: 0, height: 720 } });
  });

  it('may come as a beacon, which has no type of its own', async () => {
    expect((await report({ joinMs: 40 }, 'text/plain;charset=UTF-8')).status).toBe(204);
    expect((await noted())?.played).toMatchObject({ joinMs: 40 });
  });

  it.each<[unknown]>([
    [{ joinMs: -1 }],
    [{ joinMs: '12' }],
    [{ stalls: 0.5 }],
    [{ stalls: -1 }],
    [{ stalledMs: 1e12 }],
    [{ height: 0 }],
    [[]],
    ['nonsense'],
    [''],
  ])('that are none are refused: %j', async (body) => {
    expect((await report(body)).status).toBe(422);
    expect((await noted())?.played).toBeUndefined();
  });

  it('are short, and of a session that is there', async () => {
    expect((await report({ joinMs: 1, more: 'x'.repeat(4000) })).status).toBe(413);
    expect((await report({ joinMs: 1 }, 'application/json', '/whep/sessions/nothing')).status).toBe(404);
  });

  it('come no oftener than a player has something to say', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => report({ joinMs: 1 })));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  it('are taken from any page', async () => {
    const response = await fake.request(`${location}/report`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });
});
