import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

let fake: FakeApp;
let token: string;
let key: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  key = (await fake.channel('brook', owner.user.id)).key;
});

function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object, bearer = token) {
  return fake.request(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const tagOf = async (path: string) => (await ask('GET', path)).headers.get('etag') ?? '';
const title = async () => ((await (await ask('GET', '/channels/brook')).json()) as { title: string }).title;

describe('an ETag', () => {
  it('is strong, stays while nothing changes, and is another afterwards', async () => {
    const before = await tagOf('/channels/brook');
    expect(before).toMatch(/^"[\w-]+\.[\w-]+"$/);
    expect(await tagOf('/channels/brook')).toBe(before);
    const changed = await ask('PATCH', '/channels/brook', {}, { title: 'Another' });
    expect(changed.headers.get('etag')).not.toBe(before);
    expect(await tagOf('/channels/brook')).toBe(changed.headers.get('etag'));
  });

  it('spares an answer that is known', async () => {
    const tag = await tagOf('/channels/brook');
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const response = await ask('GET', '/channels/brook', { 'if-none-match': known });
      expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', tag]);
    }
    expect((await ask('GET', '/channels/brook', { 'if-none-match': '"x", nonsense, "' })).status).toBe(200);
    await fake.goLive(key);
    expect((await ask('GET', '/channels/brook', { 'if-none-match': tag })).status).toBe(200);
  });

  it('comes with a HEAD too', async () => {
    const response = await ask('HEAD', '/channels/brook');
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('etag')).toBe(await tagOf('/channels/brook'));
  });

  it('is for whoever asks: a cache may not hand it to others', async () => {
    expect((await ask('GET', '/channels/brook')).headers.get('cache-control')).toBe('private, no-cache');
    const minted = await ask('POST', '/tokens', {}, { name: 'x' });
    expect([minted.headers.get('cache-control'), minted.headers.get('etag')]).toEqual(['no-store', null]);
    expect((await ask('PATCH', '/channels/brook', {}, { title: 'x' })).headers.get('cache-control')).toBe('no-store');
  });
});

describe('If-Match', () => {
  it('changes what was seen, and nothing else', async () => {
    const seen = await tagOf('/channels/brook');
    expect((await ask('PATCH', '/channels/brook', { 'if-match': seen }, { title: 'Mine' })).status).toBe(200);
    const refused = await ask('PATCH', '/channels/brook', { 'if-match': seen }, { title: 'Late' });
    expect(refused.status).toBe(412);
    expect(await refused.json()).toMatchObject({ type: 'urn:freshet:problem:changed_meanwhile' });
    expect(refused.headers.get('etag')).toBe(await tagOf('/channels/brook'));
    expect(await title()).toBe('Mine');
    expect((await ask('DELETE', '/channels/brook', { 'if-match': seen })).status).toBe(412);
    expect((await ask('DELETE', '/channels/brook', { 'if-match': await tagOf('/channels/brook') })).status).toBe(204);
  });

  it('of a hundred who saw the same lets one change it', async () => {
    const seen = await tagOf('/channels/brook');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        ask('PATCH', '/channels/brook', { 'if-match': seen }, { title: `No. ${i}` }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(99);
  });

  it('does not mind viewers that come and go meanwhile', async () => {
    const seen = await tagOf('/channels/brook');
    await fake.goLive(key);
    await fake.request('/whep/brook', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: chromiumPlayOffer,
    });
    expect((await ask('PATCH', '/channels/brook', { 'if-match': seen }, { title: 'Live' })).status).toBe(200);
  });

  it('any there is (*) will do, and none where there is nothing', async () => {
    expect((await ask('PATCH', '/channels/brook', { 'if-match': '*' }, { title: 'Any' })).status).toBe(200);
    expect((await ask('PATCH', '/channels/nothing', { 'if-match': '*' }, { title: 'Any' })).status).toBe(412);
  });

  it.each(['W/TAG', 'nonsense', '"', ''])('is no match by %j', async (text) => {
    const given = text.replace('TAG', await tagOf('/channels/brook'));
    expect((await ask('PATCH', '/channels/brook', { 'if-match': given }, { title: 'No' })).status).toBe(412);
  });

  it('is checked for a token that may change a private channel and not read it', async () => {
    const { user, token: bearer } = await fake.account('ines', 'streamer');
    await fake.channel('spring', user.id, 'private');
    const { token: writer } = await fake.accounts.apiTokens.create(user.id, { name: 'w', scopes: ['channels'] });
    const seen = (await ask('GET', '/channels/spring', {}, undefined, bearer)).headers.get('etag') ?? '';
    const change = (ifMatch: string) =>
      ask('PATCH', '/channels/spring', { 'if-match': ifMatch }, { title: 'x' }, writer);
    expect((await change('"old"')).status).toBe(412);
    expect((await change(seen)).status).toBe(200);
    expect((await ask('GET', '/channels/spring', {}, undefined, writer)).status).toBe(403);
  });

  it('tells a stranger no more than he may know', async () => {
    const stranger = await fake.account('stranger', 'streamer');
    const hidden = await fake.channelStore.create({
      slug: 'spring',
      title: 'x',
      description: '',
      category: '',
      visibility: 'private',
      ownerId: 'somebody',
    });
    expect(hidden).toBeDefined();
    const headers = { 'if-match': '"x"' };
    const status = async (path: string, bearer: string) =>
      (await ask('PATCH', path, headers, { title: 'x' }, bearer)).status;
    expect(await status('/channels/spring', stranger.token)).toBe(await status('/channels/nothing', stranger.token));
    const seen = { 'if-match': await tagOf('/channels/brook') };
    expect((await ask('PATCH', '/channels/brook', seen, { title: 'x' }, 'frt_nonsense')).status).toBe(401);
  });

  it('works for keys, tokens and webhooks alike', async () => {
    const made = await ask('POST', '/webhooks', {}, { url: 'https://hook.example/', events: ['stream.ended'] });
    const { id } = (await made.json()) as { id: string };
    const keys = (await (await ask('GET', '/channels/brook/keys')).json()) as { items: { id: string }[] };
    const idOf = async (path: string, draft: object) =>
      ((await (await ask('POST', path, {}, draft)).json()) as { id: string }).id;
    const viewerTokens = '/channels/brook/viewer-tokens';
    for (const path of [
      `/webhooks/${id}`,
      `/channels/brook/keys/${keys.items[0]?.id}`,
      `/tokens/${await idOf('/tokens', { name: 'script' })}`,
      `${viewerTokens}/${await idOf(viewerTokens, { ttlSeconds: 60 })}`,
    ]) {
      expect((await ask('DELETE', path, { 'if-match': '"x"' })).status).toBe(412);
      expect((await ask('DELETE', path, { 'if-match': await tagOf(path) })).status).toBe(204);
    }
  });
});
