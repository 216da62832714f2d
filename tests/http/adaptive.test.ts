import { beforeEach, expect, test } from 'vitest';
import { EventReader } from '../support/event-reader.ts';
import { FakeApp } from '../support/fake-app.ts';

const MANIFEST = '/media/live/brook/manifest.mpd';

let fake: FakeApp;
let key: string;
let token: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  key = (await fake.channel('brook', owner.user.id)).key;
});

const makeAdaptive = (isAdaptive: boolean) => fake.call('PATCH', '/channels/brook', { token, body: { isAdaptive } });
const read = async (path: string) => (await fake.call('GET', path)).json();

test('a channel that is live and adaptive says where its manifest is', async () => {
  expect(await read('/channels/brook')).toMatchObject({ isAdaptive: false, dashUrl: null });
  await fake.goLive(key);
  expect(await read('/channels/brook/live')).toMatchObject({ live: true, dashUrl: null });

  expect(await (await makeAdaptive(true)).json()).toMatchObject({ isAdaptive: true, dashUrl: MANIFEST });
  expect(await read('/channels/brook/live')).toMatchObject({ live: true, dashUrl: MANIFEST });
});

test('who watches is told when the channel becomes adaptive in the midst of a stream', async () => {
  await fake.goLive(key);
  const reader = new EventReader(await fake.call('GET', '/channels/brook/events'));
  expect(await reader.next()).toMatchObject({ name: 'live', data: { dashUrl: null } });
  await makeAdaptive(true);
  expect(await reader.next()).toMatchObject({ name: 'live', data: { dashUrl: MANIFEST } });
  await reader.close();
});
