import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { User } from '../../src/accounts/ports.ts';
import type { Database } from '../../src/db/database.ts';
import { newChannel, newOwner, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let db: Database;
let owner: User;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

beforeEach(async () => {
  db = await postgres.open();
  owner = await newOwner(db);
  return () => db.close();
});

const hashOf = (secret: string) => createHash('sha256').update(secret).digest();
const noon = new Date('2026-11-21T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

async function person(name: string, role: User['role'] = 'streamer'): Promise<User> {
  const made = await db.users.create({ name, role, passwordHash: 'hash' });
  if (!made) throw new Error(`the name ${name} is taken`);
  return made;
}

test.each<[string, (id: string) => Promise<string>]>([
  ['deleted', (id) => db.users.delete(id)],
  ['made a viewer', (id) => db.users.change(id, { role: 'viewer' })],
  ['disabled', (id) => db.users.change(id, { disabledAt: noon })],
])('of two owners who are %s at once one stays', async (_, leave) => {
  const other = await person('Bob', 'owner');
  expect((await Promise.all([leave(owner.id), leave(other.id)])).toSorted()).toEqual(['done', 'last_owner']);
  expect(await db.users.owner()).toBeDefined();
});

test('a name is one account’s, whatever its case', async () => {
  const ines = await person('Ines');
  expect(await db.users.create({ name: 'INES', role: 'viewer', passwordHash: 'hash' })).toBeUndefined();
  expect(await db.users.change(ines.id, { name: 'ANN' })).toBe('name_taken');
  expect(await db.users.change(ines.id, { name: 'iNES' })).toBe('done');
  expect(await db.users.change('nobody', { name: 'x' })).toBe('absent');
});

test('people are listed newest first with what they own, and found by a part of their name', async () => {
  const ines = await person('Ines_100%');
  await newChannel(db, { slug: 'brook', ownerId: ines.id });
  expect(await db.users.list({ limit: 9 })).toMatchObject([
    { name: 'Ines_100%', channels: 1 },
    { name: 'Ann', channels: 0 },
  ]);
  expect(await db.users.list({ limit: 9, after: ines.id })).toMatchObject([{ name: 'Ann' }]);
  expect(await db.users.list({ limit: 9, text: 'S_1' })).toMatchObject([{ name: 'Ines_100%' }]);
  expect(await db.users.list({ limit: 9, text: '%n' })).toEqual([]);
});

test('who is disabled has no login, no token and no stream key that opens anything', async () => {
  const ines = await person('Ines');
  const { id: channelId } = await newChannel(db, { slug: 'brook', ownerId: ines.id });
  await db.loginSessions.create({ userId: ines.id, hash: hashOf('login'), expiresAt: later(60), device: '' });
  const token = { userId: ines.id, name: 'a', prefix: 'p', hash: hashOf('token'), expiresAt: null };
  await db.apiTokens.create({ ...token, scopes: ['read'] });
  await db.streamKeys.add({ channelId, name: 'a', prefix: 'p', hash: hashOf('key'), expiresAt: null });
  const opened = async () => [
    await db.loginSessions.byHash(hashOf('login'), noon),
    await db.apiTokens.byHash(hashOf('token'), noon),
    await db.streamKeys.byHash(hashOf('key'), noon),
    await db.streamKeys.used(hashOf('key'), noon),
  ];
  expect(await opened()).not.toContain(undefined);
  await db.users.change(ines.id, { disabledAt: noon });
  expect(await opened()).toEqual([undefined, undefined, undefined, undefined]);
  await db.users.change(ines.id, { disabledAt: null, role: 'viewer' });
  expect((await opened()).map((one) => one !== undefined)).toEqual([true, true, false, false]);
});

test('logins are listed newest first, and ended one by one or all but one', async () => {
  for (const name of ['a', 'b', 'c']) {
    await db.loginSessions.create({ userId: owner.id, hash: hashOf(name), expiresAt: later(60), device: name });
  }
  const listed = () => db.loginSessions.list(owner.id, { now: noon, limit: 9 });
  const [c, b, a] = await listed();
  expect([a?.device, b?.device, c?.device]).toEqual(['a', 'b', 'c']);
  const other = await person('Ines');
  await db.loginSessions.end(other.id, a?.id ?? '');
  await db.loginSessions.end(owner.id, b?.id ?? '');
  expect(await listed()).toEqual([c, a]);
  await db.loginSessions.endAll(owner.id, a?.id);
  expect(await listed()).toEqual([a]);
  await db.loginSessions.seen(a?.id ?? '', later(30));
  expect(await listed()).toEqual([{ ...a, lastSeenAt: later(30) }]);
});

test('of many who accept an invitation at once one gets the account', async () => {
  await db.oneTimeLinks.createInvite({ role: 'viewer', hash: hashOf('link'), expiresAt: later(60) });
  const accept = (name: string) => db.oneTimeLinks.accept(hashOf('link'), noon, { name, passwordHash: 'hash' });
  expect(await accept('ANN')).toBe('name_taken');
  const results = await Promise.all(['Bob', 'Cy', 'Di', 'Eve'].map(accept));
  expect(results.filter((result) => result === 'bad_link')).toHaveLength(3);
  expect(await db.users.list({ limit: 9 })).toHaveLength(2);
});

test('an invitation and a link for a password end at their time', async () => {
  await db.oneTimeLinks.createInvite({ role: 'viewer', hash: hashOf('invite'), expiresAt: later(60) });
  await db.oneTimeLinks.createReset({ userId: owner.id, hash: hashOf('old'), expiresAt: later(60) });
  await db.oneTimeLinks.createReset({ userId: owner.id, hash: hashOf('reset'), expiresAt: later(60) });
  expect(await db.oneTimeLinks.isInvite(hashOf('invite'), later(59))).toBe(true);
  expect(await db.oneTimeLinks.isInvite(hashOf('invite'), later(60))).toBe(false);
  expect(await db.oneTimeLinks.resetOf(hashOf('old'), noon)).toBeUndefined();
  expect(await db.oneTimeLinks.resetOf(hashOf('reset'), later(59))).toBe(owner.id);
  expect(await db.oneTimeLinks.resetOf(hashOf('reset'), later(60))).toBeUndefined();
  await db.oneTimeLinks.deleteExpired(later(60));
  expect(await db.oneTimeLinks.takeReset(hashOf('reset'))).toBe(false);
  expect(await db.oneTimeLinks.invites({ now: noon, limit: 9 })).toEqual([]);
});
