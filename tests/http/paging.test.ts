import { beforeEach, expect, it } from 'vitest';
import type { User } from '../../src/accounts/ports.ts';
import { FakeApp } from '../support/fake-app.ts';

let fake: FakeApp;
let token: string;
/** For each list of the API: how to add to it. Channels are the base of the others. */
const lists: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  '/channels': (name) => post('/channels', { slug: name, title: name }),
  '/channels/{slug}/keys': (name) => post('/channels/brook/keys', { name }),
  '/channels/{slug}/moderators': async (name) => {
    fake.users.add(name, 'viewer');
    await fake.call('PUT', `/channels/brook/moderators/${name}`, { token });
  },
  '/channels/{slug}/viewer-tokens': (label) => post('/channels/brook/viewer-tokens', { label, ttlSeconds: 60 }),
  '/channels/{slug}/chat': (name) => post('/channels/brook/chat', { text: name }),
  '/channels/{slug}/bans': (name) => newBan(name),
  '/channels/{slug}/streams': async (name) => {
    const { key } = (await (await post('/channels/brook/keys', { name })).json()) as { key: string };
    await fake.request(await fake.goLive(key), { method: 'DELETE' });
  },
  '/channels/{slug}/recordings': async (name) => {
    await fake.call('PATCH', '/channels/brook', { token, body: { isRecorded: true } });
    await lists['/channels/{slug}/streams']?.(name);
  },
  '/jobs': async () => {
    const { id: channelId } = [...fake.channelStore.rows.values()][0] ?? { id: '' };
    await fake.jobs.add({ kind: 'renditions', channelId, recordingId: crypto.randomUUID() });
  },
  '/invites': () => post('/invites', { role: 'viewer' }),
  '/logins': () => fake.accounts.login.open([...fake.users.rows.values()][0] as User),
  '/users': async (name) => fake.users.add(name, 'viewer'),
  '/tokens': (name) => post('/tokens', { name }),
  '/admin/tokens': (name) => post('/tokens', { name }),
  '/webhooks': (name) => post('/webhooks', { url: `https://${name}.example/`, events: ['stream.started'] }),
  '/webhooks/{id}/deliveries': () => post(`/webhooks/${webhookId()}/test`),
};
/** Of what is open now; its order has tests of its own in `sessions.test.ts`. */
const OPEN = '/channels/{slug}/live/sessions';

const post = (path: string, body?: unknown) => fake.call('POST', path, { token, ...(body !== undefined && { body }) });
/** Of an account that has just written. */
async function newBan(name: string) {
  const { token: theirs, user } = await fake.account(name, 'viewer');
  await fake.call('POST', '/channels/brook/chat', { token: theirs, body: { text: name } });
  await post('/channels/brook/bans', { authorId: user.id });
}
const webhookId = () => [...fake.webhookStore.rows.keys()][0] ?? '';
const pathOf = (list: string) => list.replace('{slug}', 'brook').replace('{id}', webhookId());

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  await fake.channel('brook', owner.user.id);
  await post('/webhooks', { url: 'https://hook.example/', events: ['stream.ended'] });
});

async function page(path: string) {
  const response = await fake.call('GET', path, { token });
  const { items, nextCursor } = (await response.json()) as {
    items: Record<string, string>[];
    nextCursor: string | null;
  };
  const next = /^<\/api\/v1(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
  return { names: items.map((item) => item['id'] ?? item['slug']), nextCursor, next };
}

it('every list of the API comes in pages', async () => {
  const { paths } = await fake.document();
  const found = Object.entries(paths).filter(([, { get }]) => {
    const schema = get?.responses['200']?.content?.['application/json']?.schema;
    return Object.keys(schema?.['properties'] ?? {}).includes('items');
  });
  const paged = found.filter(([, { get }]) => get?.parameters?.some(({ name }) => name === 'cursor'));
  expect(found.map(([path]) => path).filter((path) => !paged.some(([one]) => one === path))).toEqual([]);
  expect(paged.map(([path]) => path).toSorted()).toEqual([...Object.keys(lists), OPEN].toSorted());
});

it.each(Object.entries(lists))(
  '%s: what is added between two pages neither repeats nor hides a row',
  async (list, add) => {
    for (const name of ['one', 'two', 'three', 'four', 'five']) await add(name);
    const all = (await page(`${pathOf(list)}?limit=100`)).names;
    const seen: unknown[] = [];
    let path: string | undefined = `${pathOf(list)}?limit=2`;
    while (path !== undefined) {
      const { names, nextCursor, next } = await page(path);
      expect(nextCursor === null).toBe(next === undefined);
      expect(names.length).toBeLessThanOrEqual(2);
      seen.push(...names);
      await add(`later-${seen.length}`);
      path = next;
    }
    expect(seen).toEqual(all);
  },
);

it.each([...Object.keys(lists), OPEN])('%s: a cursor of nobody is a problem of that field', async (list) => {
  const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
  for (const cursor of [
    'x',
    '',
    '!',
    uuid,
    'AAAA',
    'a'.repeat(201),
    '%00',
    Buffer.from(`${uuid}\0`).toString('base64'),
  ]) {
    const response = await fake.call('GET', `${pathOf(list)}?cursor=${cursor}`, { token });
    const { errors } = (await response.json()) as { errors?: { path: string }[] };
    expect([response.status, errors?.map(({ path }) => path)], cursor).toEqual([422, ['cursor']]);
  }
});
