import { expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';

/** One streamer has one of everything, on a private channel; another has a token with every scope. */
async function town() {
  const fake = new FakeApp();
  await fake.account('owner', 'owner');
  const { token, user } = await fake.account('streamer', 'streamer');
  const stranger = await fake.account('stranger', 'streamer');
  const { key, keyId } = await fake.channel('brook', user.id, 'private');
  await fake.goLive(key);
  const read = async (method: string, path: string, body?: object) =>
    (await (await fake.call(method, path, { token, ...(body && { body }) })).json()) as { id: string };
  const live = (await read('GET', '/channels/brook/live')) as unknown as { stream: { id: string } };
  const webhook = await read('POST', '/webhooks', { url: 'https://hook.example/', events: ['stream.started'] });
  const delivery = await read('POST', `/webhooks/${webhook.id}/test`);
  const viewerToken = await read('POST', '/channels/brook/viewer-tokens', { ttlSeconds: 60 });
  const apiToken = await read('POST', '/tokens', { name: 'script' });
  await fake.accounts.login.open(user, 'Firefox on Linux');
  const login = [...fake.sessions.rows.values()][0];
  const { record: invite } = await fake.accounts.oneTimeLinks.invite('streamer');
  const idOf = (path: string) =>
    Object.entries({
      '/logins': login?.id,
      '/invites': invite.id,
      '/users': user.id,
      '/webhooks': webhook.id,
      '/tokens': apiToken.id,
      '/admin/tokens': apiToken.id,
      '/streams': live.stream.id,
      '/channels/{slug}/viewer-tokens': viewerToken.id,
    }).find(([start]) => path.startsWith(start))?.[1] ?? keyId;
  const fill = (path: string) =>
    path
      .replace('{slug}', 'brook')
      .replace('{name}', 'stranger')
      .replace('{deliveryId}', delivery.id)
      .replace('{id}', idOf(path));
  return { fake, token, stranger: stranger.token, fill };
}

/** All that is the streamer's, as he sees it. */
async function belongings(fake: FakeApp, token: string, webhooks: string): Promise<string> {
  const lists = ['', '/keys', '/viewer-tokens', '/moderators', '/streams', '/live'].map(
    (below) => `/channels/brook${below}`,
  );
  const answers = [...lists, '/me', '/logins', '/tokens', '/webhooks', webhooks].map(async (path) => {
    const text = await (await fake.call('GET', path, { token })).text();
    return text.replaceAll(/"lastUsedAt":"[^"]*"/g, '');
  });
  return (await Promise.all(answers)).join('\n');
}

const routes = Object.entries((await new FakeApp().document()).paths).flatMap(([path, item]) =>
  path.includes('{') ? Object.keys(item).map((method): [string, string] => [method.toUpperCase(), path]) : [],
);

it.each(routes)('%s %s tells nothing of what is another account’s, and changes nothing of it', async (method, path) => {
  const { fake, token, stranger, fill } = await town();
  const deliveries = fill('/webhooks/{id}/deliveries');
  const before = await belongings(fake, token, deliveries);
  const body =
    path.startsWith('/webhooks') && method === 'PATCH'
      ? { isActive: false }
      : path.endsWith('/access')
        ? { token: 'a.b.c' }
        : {};
  const response = await fake.call(method, fill(path), {
    token: stranger,
    ...(['POST', 'PATCH'].includes(method) && { body }),
  });
  const text = await response.text();
  // What is not there for who asks is gone already.
  if (method === 'DELETE' && response.status === 204) expect(text).toBe('');
  else expect([403, 404], `${response.status} ${text}`).toContain(response.status);
  expect(text).not.toMatch(/brook|hook\.example|streamer"/);
  expect(await belongings(fake, token, deliveries)).toBe(before);
});
