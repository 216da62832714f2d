import { beforeEach, describe, expect, it } from 'vitest';
import { EventReader } from '../support/event-reader.ts';
import { FakeApp } from '../support/fake-app.ts';

let fake: FakeApp;
let ownerToken: string;
let keys: string[];
let ines: { id: string; token: string; tokenId: string };

beforeEach(async () => {
  fake = new FakeApp();
  ownerToken = (await fake.account('owner', 'owner')).token;
  const { user } = await fake.account('ines', 'streamer');
  const { token, record } = await fake.accounts.apiTokens.create(user.id, { name: 'one' });
  ines = { id: user.id, token, tokenId: record.id };
  const channels = [await fake.channel('spring', user.id, 'private'), await fake.channel('brook', user.id)];
  keys = channels.map(({ key }) => key);
});

const asOwner = (method: string, path: string, body?: object) =>
  fake.call(method, path, { token: ownerToken, ...(body && { body }) });

async function listen(headers: Record<string, string>, slug = 'spring') {
  const feed = new EventReader(await fake.request(`/api/v1/channels/${slug}/events`, { headers }));
  expect(await feed.next()).toMatchObject({ name: 'live' });
  return feed;
}
const byToken = (token = ines.token) => ({ authorization: `Bearer ${token}` });

async function byLogin() {
  const user = await fake.users.byId(ines.id);
  if (!user) throw new Error('there is no such account');
  return { cookie: `freshet_session=${await fake.accounts.login.open(user)}` };
}

describe('an open event stream ends at once', () => {
  it.each([
    { what: 'the account is disabled', end: () => asOwner('PATCH', `/users/${ines.id}`, { isDisabled: true }) },
    { what: 'the account is deleted', end: () => asOwner('DELETE', `/users/${ines.id}`) },
    { what: 'the token is revoked', end: () => fake.call('DELETE', `/tokens/${ines.tokenId}`, { token: ines.token }) },
    { what: 'the owner revokes the token', end: () => asOwner('DELETE', `/admin/tokens/${ines.tokenId}`) },
    { what: 'the account is made a viewer', end: () => asOwner('PATCH', `/users/${ines.id}`, { role: 'viewer' }) },
  ])('when $what', async ({ end }) => {
    const feed = await listen(byToken());
    expect((await end()).ok).toBe(true);
    expect(await feed.next()).toBeUndefined();
  });

  it('when the login is ended, here or from elsewhere', async () => {
    const [here, there] = [await byLogin(), await byLogin()];
    const feeds = [await listen(here), await listen(there, 'brook')];
    const others = await fake.request('/api/v1/logins/end-others', { method: 'POST', headers: here });
    expect(others.status).toBe(204);
    expect(await feeds[1]?.next()).toBeUndefined();
    await fake.request('/api/v1/logout', { method: 'POST', headers: here });
    expect(await feeds[0]?.next()).toBeUndefined();
  });
});

it('others’ event streams, and those by other tokens of the account, go on', async () => {
  const second = await fake.accounts.apiTokens.create(ines.id, { name: 'two' });
  const feeds = [await listen(byToken(second.token)), await listen(byToken(ownerToken)), await listen({}, 'brook')];
  await fake.call('DELETE', `/tokens/${ines.tokenId}`, { token: ines.token });
  for (const key of keys) await fake.goLive(key);
  for (const feed of feeds) expect(await feed.next()).toMatchObject({ name: 'live', data: { live: true } });
  for (const feed of feeds) await feed.close();
});
