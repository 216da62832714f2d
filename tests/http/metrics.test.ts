import { beforeEach, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../src/http/env.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';

let fake: FakeApp;

beforeEach(() => {
  fake = new FakeApp({ metrics: new Metrics() });
});

interface Asked {
  readonly from?: string;
  readonly host?: string;
  readonly headers?: Record<string, string>;
}

function ask({ from = '127.0.0.1', host = '127.0.0.1:8080', headers = {} }: Asked = {}): Promise<Response> {
  const bindings = { incoming: { socket: { remoteAddress: from } } } as AppEnv['Bindings'];
  return Promise.resolve(fake.app.request(`http://${host}/metrics`, { headers }, bindings));
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('who may read /metrics', () => {
  it.each([
    { from: '127.0.0.1', host: 'localhost:8080' },
    { from: '::1', host: '[::1]:8080' },
    { from: '::ffff:127.0.0.1' },
  ])('somebody on this machine: %o', async (asked) => {
    const response = await ask(asked);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it("whoever has the administrator's token, from anywhere and through any proxy", async () => {
    const headers = { ...bearer(ADMIN_TOKEN), 'x-forwarded-for': '198.51.100.7' };
    expect((await ask({ from: '198.51.100.7', host: 'live.example.org', headers })).status).toBe(200);
  });

  it('nobody from elsewhere', async () => {
    const response = await ask({ from: '198.51.100.7' });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'])(
    'nobody behind a proxy on this machine, as %s tells',
    async (header) => {
      expect((await ask({ headers: { [header]: '127.0.0.1' } })).status).toBe(401);
    },
  );

  it.each(['live.example.org', '127.evil.example', 'localhost.evil.example'])(
    'no page that a browser here reached under the name %s',
    async (host) => {
      expect((await ask({ host })).status).toBe(401);
    },
  );

  it('not even from here with a wrong token', async () => {
    expect((await ask({ headers: bearer('wrong') })).status).toBe(401);
  });

  it('no user, not even the owner', async () => {
    const { token } = await fake.account('owner', 'owner');
    expect((await ask({ headers: bearer(token) })).status).toBe(403);
  });
});

describe('requests', () => {
  const counted = async () => (await (await ask()).text()).split('\n').filter((line) => line.includes('_requests_'));

  it('are counted by route, without names, numbers or secrets', async () => {
    const { key } = await fake.channel('brook', fake.users.add('owner', 'owner').id);
    const location = await fake.goLive(key);
    await fake.request(location);
    await fake.request('/api/v1/channels/brook/live');
    await fake.request('/api/v1/channels/nobody/live');
    await fake.request('/whep/brook', { method: 'PUT' });
    await fake.request('/somewhere/else?key=secret');
    const lines = await counted();
    expect(lines).toContain('freshet_http_requests_total{method="POST",route="/whip",status="201"} 1');
    expect(lines).toContain('freshet_http_requests_total{method="GET",route="/whip/sessions/:id",status="204"} 1');
    const live = '/api/v1/channels/:slug/live';
    expect(lines).toContain(`freshet_http_requests_total{method="GET",route="${live}",status="200"} 1`);
    expect(lines).toContain(`freshet_http_requests_total{method="GET",route="${live}",status="404"} 1`);
    expect(lines).toContain('freshet_http_requests_total{method="PUT",route="/*",status="405"} 1');
    expect(lines).toContain('freshet_http_requests_total{method="GET",route="/*",status="404"} 1');
    const all = lines.join();
    for (const secret of ['brook', 'nobody', 'somewhere', 'secret', key, location.split('/').at(-1) ?? '']) {
      expect(all).not.toContain(secret);
    }
  });
});
