import { expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';

const NOBODYS = '01890a5d-ac96-774b-bcce-b302099a8057';

async function deletes(fake: FakeApp): Promise<string[]> {
  const { paths } = await fake.document();
  return Object.entries(paths).flatMap(([path, item]) => ('delete' in item ? [path] : []));
}

const everyRoute = await deletes(new FakeApp());

it.each(everyRoute)('DELETE %s of what is not there is answered as if it had just gone', async (path) => {
  const fake = new FakeApp();
  const { user, token } = await fake.account('owner', 'owner');
  await fake.channel('brook', user.id);
  for (const slug of ['brook', 'nothing']) {
    const at = path.replace('{slug}', slug).replaceAll(/\{\w+\}/g, NOBODYS);
    if (at === '/channels/brook') continue;
    for (const time of ['first', 'second']) {
      const response = await fake.call('DELETE', at, { token });
      expect([response.status, await response.text()], `${at}, the ${time} time`).toEqual([204, '']);
    }
  }
});

it('a channel can be deleted twice, and its keys after it', async () => {
  const fake = new FakeApp();
  const { user, token } = await fake.account('owner', 'owner');
  const { keyId } = await fake.channel('brook', user.id);
  for (const path of ['/channels/brook', '/channels/brook', `/channels/brook/keys/${keyId}`]) {
    expect((await fake.call('DELETE', path, { token })).status).toBe(204);
  }
  expect(fake.channelStore.rows.size).toBe(0);
});

it('what is there and another’s stays, whatever the answer', async () => {
  const fake = new FakeApp();
  const { user } = await fake.account('owner', 'owner');
  const stranger = await fake.account('stranger', 'streamer');
  const seen = await fake.channel('brook', user.id);
  const hidden = await fake.channel('spring', user.id, 'private');
  const status = async (path: string, token?: string) =>
    (await fake.call('DELETE', path, token === undefined ? {} : { token })).status;
  expect(await status('/channels/brook', stranger.token)).toBe(403);
  expect(await status(`/channels/brook/keys/${seen.keyId}`, stranger.token)).toBe(403);
  // As if it were not there.
  expect(await status('/channels/spring', stranger.token)).toBe(204);
  expect(await status(`/channels/spring/keys/${hidden.keyId}`, stranger.token)).toBe(204);
  expect(await status('/channels/spring')).toBe(401);
  expect([...fake.channelStore.rows.values()].map(({ slug }) => slug)).toEqual(['brook', 'spring']);
  for (const { key } of [seen, hidden]) expect((await fake.publish(key)).status).toBe(201);
});

it('an address that can not lead to anything is no resource to delete', async () => {
  const fake = new FakeApp();
  const { token } = await fake.account('owner', 'owner');
  expect((await fake.call('DELETE', '/tokens/nonsense', { token })).status).toBe(404);
});
