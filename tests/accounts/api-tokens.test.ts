import { beforeEach, expect, it } from 'vitest';
import { ApiTokens } from '../../src/accounts/api-tokens.ts';
import { SCOPES } from '../../src/accounts/scopes.ts';
import { FakeApiTokenStore, FakeUserStore } from '../support/fake-account-stores.ts';

let now: Date;
let store: FakeApiTokenStore;
let apiTokens: ApiTokens;
let userId: string;

beforeEach(() => {
  now = new Date('2026-11-21T12:00:00Z');
  const users = new FakeUserStore();
  userId = users.add('Nora', 'streamer').id;
  store = new FakeApiTokenStore(users);
  apiTokens = new ApiTokens({ store, now: () => now });
});

const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

it('a login gives a token every scope unless some are named, in the order of the list', async () => {
  expect((await apiTokens.create(userId, { name: 'all' })).record.scopes).toEqual(SCOPES);
  const { record } = await apiTokens.create(userId, { name: 'few', scopes: ['keys', 'read', 'keys'] });
  expect(record.scopes).toEqual(['read', 'keys']);
});

it('a token gives another no more than it has, and no longer', async () => {
  const { record: by } = await apiTokens.create(userId, { name: 'a', scopes: ['read', 'account'], ttlSeconds: 600 });
  await expect(apiTokens.create(userId, { name: 'b', scopes: ['read', 'keys'], by })).rejects.toMatchObject({
    code: 'too_many_scopes',
    message: 'A token can not give what it has not: keys.',
  });
  const { record } = await apiTokens.create(userId, { name: 'c', by });
  expect(record).toMatchObject({ scopes: ['read', 'account'], expiresAt: by.expiresAt });
  const { record: longer } = await apiTokens.create(userId, { name: 'd', ttlSeconds: 601, by });
  expect(longer.expiresAt).toEqual(by.expiresAt);
  const { record: shorter } = await apiTokens.create(userId, { name: 'e', ttlSeconds: 60, by });
  expect(shorter.expiresAt).toEqual(new Date(now.getTime() + 60_000));
});

it('a token ends at its time', async () => {
  const { token } = await apiTokens.create(userId, { name: 'short', ttlSeconds: 60 });
  later(59);
  expect((await apiTokens.authenticate(token))?.user.id).toBe(userId);
  later(1);
  expect(await apiTokens.authenticate(token)).toBeUndefined();
});

it('the last use of a token is written once a minute', async () => {
  const { token, record } = await apiTokens.create(userId, { name: 'busy' });
  const lastUse = () => store.rows.get(record.id)?.lastUsedAt;
  const first = now;
  await apiTokens.authenticate(token);
  later(59);
  await apiTokens.authenticate(token);
  expect(lastUse()).toEqual(first);
  later(1);
  await apiTokens.authenticate(token);
  expect(lastUse()).toEqual(now);
});

it('what was never a token is not looked up', async () => {
  expect(await apiTokens.authenticate('fr_a-stream-key')).toBeUndefined();
});
