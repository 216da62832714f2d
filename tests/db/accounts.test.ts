import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NewApiToken, User } from '../../src/accounts/ports.ts';
import type { Database } from '../../src/db/database.ts';
import { newOwner, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let db: Database;
let owner: User;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

beforeEach(async () => {
  db = await postgres.open();
  return () => db.close();
});

const hashOf = (secret: string) => createHash('sha256').update(secret).digest();
const noon = new Date('2026-11-21T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

test('a new database has no user', async () => {
  expect(await db.users.hasAny()).toBe(false);
  expect(await db.users.owner()).toBeUndefined();
});

test('of many who ask at once to be the owner exactly one becomes it', async () => {
  const names = ['Ann', 'Bob', 'Cy', 'Di', 'Eve', 'Flo', 'Gus', 'Hal'];
  const made = await Promise.all(names.map((name) => db.users.createOwner({ name, passwordHash: 'hash' })));
  expect(made.filter((user) => user !== undefined)).toEqual([await db.users.owner()]);
  expect(await db.users.createOwner({ name: 'Ida', passwordHash: 'hash' })).toBeUndefined();
});

test('a user is found by name whatever its case, and by nothing that only resembles it', async () => {
  owner = await newOwner(db, 'Ågot_1');
  expect(await db.users.byName('ÅGOT_1')).toEqual(owner);
  expect(await db.users.byName('A\u030agot_1')).toEqual(owner);
  for (const name of ['ÅgotX1', 'Ågot%', 'Ågot_1 ', 'Ågot_1\0', ''])
    expect(await db.users.byName(name)).toBeUndefined();
});

test('a user is found by id, and an id that is none finds nobody', async () => {
  owner = await newOwner(db);
  expect(await db.users.byId(owner.id)).toEqual(owner);
  for (const id of ['', 'x', "' OR 1=1", owner.id.slice(1)]) expect(await db.users.byId(id)).toBeUndefined();
});

test('a login session leads to its user until it expires or is deleted', async () => {
  owner = await newOwner(db);
  await db.loginSessions.create({ userId: owner.id, hash: hashOf('a'), expiresAt: later(60), device: 'curl' });
  expect((await db.loginSessions.byHash(hashOf('a'), later(59)))?.user).toEqual(owner);
  expect(await db.loginSessions.byHash(hashOf('a'), later(60))).toBeUndefined();
  expect(await db.loginSessions.byHash(hashOf('b'), noon)).toBeUndefined();
  await db.loginSessions.delete(hashOf('a'));
  await db.loginSessions.delete(hashOf('a'));
  expect(await db.loginSessions.byHash(hashOf('a'), noon)).toBeUndefined();
});

test('only expired login sessions are cleared away', async () => {
  owner = await newOwner(db);
  for (const seconds of [10, 20, 30]) {
    await db.loginSessions.create({
      userId: owner.id,
      hash: hashOf(`${seconds}`),
      expiresAt: later(seconds),
      device: '',
    });
  }
  expect(await db.loginSessions.deleteExpired(later(20))).toBe(2);
  expect((await db.loginSessions.byHash(hashOf('30'), noon))?.user).toEqual(owner);
});

const tokenOf = (userId: string, name: string, more: Partial<NewApiToken> = {}) =>
  db.apiTokens.create({
    userId,
    name,
    prefix: 'frt_1',
    hash: hashOf(name),
    scopes: ['read'],
    expiresAt: null,
    ...more,
  });

test('an API token leads to its user and is listed without its hash, newest first', async () => {
  owner = await newOwner(db);
  const first = await tokenOf(owner.id, 'one');
  const second = await tokenOf(owner.id, 'two', { scopes: ['keys', 'read'] });
  expect(Object.keys(first)).not.toContain('hash');
  expect(await db.apiTokens.list(owner.id, { limit: 9 })).toEqual([second, first]);
  expect(await db.apiTokens.byHash(hashOf('two'), noon)).toEqual({ token: second, user: owner });
  expect(second.scopes).toEqual(['keys', 'read']);
  expect(await db.apiTokens.byHash(hashOf('three'), noon)).toBeUndefined();
});

test('an API token is good until it expires, and remembers its last use', async () => {
  owner = await newOwner(db);
  const { id } = await tokenOf(owner.id, 'one', { expiresAt: later(60) });
  expect((await db.apiTokens.byHash(hashOf('one'), later(59)))?.user).toEqual(owner);
  expect(await db.apiTokens.byHash(hashOf('one'), later(60))).toBeUndefined();
  await db.apiTokens.used(id, later(30));
  expect(await db.apiTokens.list(owner.id, { limit: 9 })).toMatchObject([{ id, lastUsedAt: later(30) }]);
});

test('an API token is read and deleted by its owner alone', async () => {
  owner = await newOwner(db);
  const made = await tokenOf(owner.id, 'one');
  const { id } = made;
  expect(await db.apiTokens.byId(owner.id, id)).toEqual(made);
  expect(await db.apiTokens.byId('01a1fd9c-d885-73e3-9325-069ed7d07329', id)).toBeUndefined();
  expect(await db.apiTokens.byId(owner.id, 'not-an-id')).toBeUndefined();
  expect(await db.apiTokens.delete('01a1fd9c-d885-73e3-9325-069ed7d07329', id)).toBe(false);
  expect(await db.apiTokens.delete(owner.id, 'not-an-id')).toBe(false);
  expect((await db.apiTokens.byHash(hashOf('one'), noon))?.user).toEqual(owner);
  expect(await db.apiTokens.delete(owner.id, id)).toBe(true);
  expect(await db.apiTokens.delete(owner.id, id)).toBe(false);
  expect(await db.apiTokens.byHash(hashOf('one'), noon)).toBeUndefined();
});

test('the tokens of everybody are listed together with whose they are, newest first, and one is deleted whoever’s it is', async () => {
  owner = await newOwner(db);
  const ines = await db.users.create({ name: 'Ines', role: 'streamer', passwordHash: 'hash' });
  if (!ines) throw new Error('the name is taken');
  const first = await tokenOf(owner.id, 'one');
  const second = await tokenOf(ines.id, 'two');
  const rows = [
    { ...second, user: { id: ines.id, name: 'Ines' } },
    { ...first, user: { id: owner.id, name: owner.name } },
  ];
  expect(await db.apiTokens.listAll({ limit: 9 })).toEqual(rows);
  expect(await db.apiTokens.listAll({ limit: 1 })).toEqual(rows.slice(0, 1));
  expect(await db.apiTokens.listAll({ limit: 9, after: second.id })).toEqual(rows.slice(1));
  expect(await db.apiTokens.listAll({ limit: 9, after: 'not-an-id' })).toEqual([]);
  expect(await db.apiTokens.deleteAnyones(second.id)).toBe(ines.id);
  expect(await db.apiTokens.deleteAnyones(second.id)).toBeUndefined();
  expect(await db.apiTokens.deleteAnyones('not-an-id')).toBeUndefined();
  expect(await db.apiTokens.listAll({ limit: 9 })).toEqual(rows.slice(1));
});
