import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';

const SITE = 'https://live.example.org';

let fake: FakeApp;

beforeEach(async () => {
  fake = new FakeApp({ publicUrl: new URL(SITE) });
  const { id } = fake.users.add('owner', 'owner');
  await fake.channel('brook', id);
  await fake.channel('cave', id, 'private');
});

const ask = (query: Record<string, string>) => fake.app.request(`/oembed?${new URLSearchParams(query)}`);

describe('oEmbed', () => {
  it.each(['/brook', '/embed/brook', '/brook/'])('turns the link %s into a player', async (path) => {
    const response = await ask({ url: SITE + path });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ version: '1.0', type: 'video', width: 640, height: 360, author_url: `${SITE}/brook` });
    expect(body['html']).toContain(`<iframe src="${SITE}/embed/brook" width="640" height="360"`);
  });

  it.each([
    [{ maxwidth: '320' }, 320, 180],
    [{ maxheight: '90' }, 160, 90],
    [{ maxwidth: '4000', maxheight: '4000' }, 640, 360],
  ])('is no larger than asked for: %j', async (most, width, height) => {
    expect(await (await ask({ url: `${SITE}/brook`, ...most })).json()).toMatchObject({ width, height });
  });

  it.each([`${SITE}/nobody`, `${SITE}/cave`, `${SITE}/`, 'https://elsewhere.example.org/brook'])(
    'knows nothing of %s',
    async (url) => {
      expect((await ask({ url })).status).toBe(404);
    },
  );

  it('tells what it does not do from what makes no sense', async () => {
    expect((await ask({ url: `${SITE}/brook`, format: 'xml' })).status).toBe(501);
    expect((await ask({})).status).toBe(400);
    expect((await ask({ url: 'brook' })).status).toBe(400);
    expect((await ask({ url: `${SITE}/brook`, maxwidth: '-1' })).status).toBe(400);
  });
});

describe('players on pages of other sites', () => {
  it.each(['', '/live'])('may read GET /channels/brook%s', async (path) => {
    const response = await fake.app.request(`/api/v1/channels/brook${path}`, {
      headers: { origin: 'https://elsewhere.example.org' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('are given no leave to change anything, and no list', async () => {
    const preflight = await fake.app.request('/api/v1/channels/brook', {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example.org', 'access-control-request-method': 'PATCH' },
    });
    expect(preflight.headers.get('access-control-allow-methods')).not.toContain('PATCH');
    const list = await fake.app.request('/api/v1/channels', { headers: { origin: 'https://elsewhere.example.org' } });
    expect(list.headers.get('access-control-allow-origin')).toBeNull();
  });
});
