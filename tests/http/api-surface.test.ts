import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';

let fake: FakeApp;

beforeEach(() => {
  fake = new FakeApp();
});

const body = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('the API', () => {
  it.each(['/api/v1/nothing', '/api', '/api/v2/channels', '/whip/nothing/at/all'])(
    'answers 404 problems under %s',
    async (path) => {
      const response = await fake.request(path);
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    },
  );

  it('answers 405 with Allow where the method is wrong', async () => {
    const response = await fake.call('PUT', '/channels/brook');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(['DELETE', 'GET', 'HEAD', 'PATCH']);
  });

  it('has nothing at an address with a hole in it, and takes one with a slash at its end as without', async () => {
    expect((await fake.call('POST', '/webhooks/x/deliveries//redeliver')).status).toBe(404);
    expect((await fake.call('GET', '/channels//live')).status).toBe(404);
    expect((await fake.call('PUT', '/channels/')).headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('describes itself', async () => {
    const document = await body(await fake.call('GET', '/openapi.json'));
    expect(document['openapi']).toBe('3.1.0');
    expect(Object.keys(document['paths'] as object)).toEqual(
      expect.arrayContaining([
        '/channels',
        '/channels/{slug}',
        '/channels/{slug}/keys/{id}/rotate',
        '/login',
        '/tokens',
      ]),
    );
  });

  it('says of every route who may call it and which scope a token needs', async () => {
    for (const [path, item] of Object.entries((await fake.document()).paths)) {
      for (const [method, { description, 'x-access': access, security }] of Object.entries(item)) {
        const where = `${method} ${path}`;
        expect(access, where).toMatchObject({ who: expect.any(String), scope: expect.any(String) });
        expect(description, where).toMatch(/^For /);
        const isOpen = access?.who === 'anyone';
        expect(security?.length ?? 0, where).toBe(isOpen ? 0 : access?.who === 'visitor' || access?.orLocal ? 3 : 2);
        if (!isOpen) expect(access?.scope === 'none' || description?.includes(access?.scope ?? ''), where).toBe(true);
      }
    }
  });

  it('is described once, however often that is asked for', async () => {
    const [first, again] = [await fake.call('GET', '/openapi.json'), await fake.call('GET', '/openapi.json')];
    expect(await again.text()).toBe(await first.text());
    const start = process.cpuUsage();
    for (let time = 0; time < 20; time += 1) await fake.request('/api/docs');
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
  });

  it('names with each route what it may say no with, its conditions and its limits', async () => {
    const { paths } = await fake.document();
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, { responses, parameters = [], 'x-problems': problems = [] }] of Object.entries(item)) {
        const where = `${method} ${path}`;
        const said = JSON.stringify(responses['default']);
        for (const code of problems) expect(said, where).toContain(`\`${code}\` (`);
        expect(problems, where).toContain('rate_limited');
        for (const answer of Object.values(responses)) expect(answer, where).toHaveProperty('headers.RateLimit');
        const changes = ['patch', 'put', 'delete'].includes(method);
        expect('412' in responses, where).toBe(changes);
        expect(
          parameters.some(({ name }) => name === 'If-Match'),
          where,
        ).toBe(changes);
        expect('304' in responses, where).toBe(parameters.some(({ name }) => name === 'If-None-Match'));
      }
    }
    expect(paths['/channels']?.['post']?.['x-problems']).toEqual(expect.arrayContaining(['slug_taken', 'bad_slug']));
    expect(paths['/channels/{slug}/keys/{id}']?.['delete']?.['x-problems']).not.toContain('no_key');
  });

  it('can be read by people, without a script and without anything from elsewhere', async () => {
    const response = await fake.request('/api/docs');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    const page = await response.text();
    for (const [path, item] of Object.entries((await fake.document()).paths)) {
      for (const method of Object.keys(item)) expect(page).toContain(`${method.toUpperCase()} /api/v1${path}<`);
    }
    expect(page).not.toMatch(/<script|(src|href)="(https?:)?\/\/|undefined|\[object/);
    expect(page).toContain('visibility: &quot;public&quot; | &quot;unlisted&quot; | &quot;private&quot;');
  });

  it('refuses to change what can not be changed', async () => {
    const { user, token } = await fake.account('owner', 'owner');
    await fake.channel('brook', user.id);
    const response = await fake.call('PATCH', '/channels/brook', { token, body: { slug: 'river' } });
    expect(response.status).toBe(422);
    expect((await body(response))['errors']).toEqual([{ path: 'slug', message: 'is not known here' }]);
  });

  it('does not repeat a field that may be a secret in the wrong place', async () => {
    const secret = 'fr_0123456789abcdefghijklmnopqrstuvwxyz';
    const response = await fake.call('POST', '/login', { body: { name: 'owner', password: 'x', [secret]: 'y' } });
    const text = await response.text();
    expect([response.status, text]).toEqual([422, expect.stringContaining('is not known here')]);
    expect(text).not.toContain(secret);
  });

  it('says nosniff and no framing on everything', async () => {
    const { headers } = await fake.call('GET', '/channels');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});

describe('health', () => {
  it('is up as long as it answers', async () => {
    expect((await fake.request('/healthz')).status).toBe(200);
  });

  it('names each part that is ready or not', async () => {
    fake = new FakeApp({ checks: { database: async () => true, media: async () => 'a thread is down' } });
    const response = await fake.request('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'unready', parts: { database: 'ok', media: 'a thread is down' } });
    fake = new FakeApp({ checks: { database: () => Promise.reject(new Error('password=secret')) } });
    expect(await (await fake.request('/readyz')).json()).toEqual({ status: 'unready', parts: { database: 'failed' } });
  });

  it('is ready without what is not needed, and names it', async () => {
    const ffmpeg = { unneeded: async () => 'not found' };
    fake = new FakeApp({ checks: { database: async () => true, ffmpeg } });
    const response = await fake.request('/readyz');
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ok', parts: { database: 'ok', ffmpeg: 'not found' } },
    ]);
  });
});
