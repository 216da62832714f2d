import { beforeEach, describe, expect, it } from 'vitest';
import { Login } from '../../src/accounts/login.ts';
import { Passwords } from '../../src/accounts/passwords.ts';
import { FakeLoginSessionStore, FakeUserStore } from '../support/fake-account-stores.ts';

const DAY_MS = 24 * 3_600_000;

let nowMs: number;
let users: FakeUserStore;
let sessions: FakeLoginSessionStore;
let login: Login;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  users = new FakeUserStore();
  sessions = new FakeLoginSessionStore(users);
  login = new Login({ users, sessions, now: () => new Date(nowMs) });
  users.add('Nora', 'owner', await passwords.hash('correct horse', 'Nora'));
});

const passwords = new Passwords();

describe('a password', () => {
  it.each(['correct horse', 'пароль-для-входа', '🐎🔋📎🧷🐎🔋📎🧷'])('may be %s', async (password) => {
    expect(await passwords.hash(password, 'Nora')).toMatch(/^\$argon2id\$/);
  });

  it.each(['', '1234567', '🐎🔋📎🧷', 'aaaaaaaaaaaa', 'abababababab', 'NORA-THE-GREAT', 'x1y'.repeat(100)])(
    'may not be %j',
    async (password) => {
      await expect(passwords.hash(password, 'Nora-the-great')).rejects.toMatchObject({ code: 'bad_password' });
    },
  );

  it('is kept as argon2id, with a salt of its own', async () => {
    const [one, other] = [await passwords.hash('correct horse', ''), await passwords.hash('correct horse', '')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await passwords.isRight('correct horse', one)).toBe(true);
    expect(await passwords.isRight('correct horsf', one)).toBe(false);
    expect(await passwords.isRight('x'.repeat(100_000), one)).toBe(false);
  });
});

const logIn = async () => login.open(await login.check('Nora', 'correct horse'));

describe('a login', () => {
  it('lasts thirty days', async () => {
    const token = await logIn();
    nowMs += 30 * DAY_MS - 1;
    expect(await login.authenticate(token)).toMatchObject({ user: { name: 'Nora' } });
    nowMs += 1;
    expect(await login.authenticate(token)).toBeUndefined();
  });

  it('clears away the sessions that are over', async () => {
    await logIn();
    nowMs += 31 * DAY_MS;
    await logIn();
    expect(sessions.rows.size).toBe(1);
  });

  it('is noted as seen once a minute', async () => {
    const token = await logIn();
    const lastSeen = async () => (await login.authenticate(token))?.session.lastSeenAt.getTime();
    const start = nowMs;
    nowMs += 59_999;
    await lastSeen();
    expect(await lastSeen()).toBe(start);
    nowMs += 1;
    await lastSeen();
    expect(await lastSeen()).toBe(nowMs);
  });

  it('goes one way for every name: one look-up, and one verification at the same cost', async () => {
    const verified: string[] = [];
    const kept = await passwords.hash('correct horse', 'Nora');
    const hashing = {
      hash: async () => kept,
      verify: async (hash: string) => {
        verified.push(hash.slice(0, hash.indexOf('$', 30)));
        return true;
      },
    };
    login = new Login({ users, sessions, passwords: new Passwords(hashing) });
    await login.check('Nora', 'whatever');
    await expect(login.check('Nobody', 'whatever')).rejects.toMatchObject({ code: 'bad_login' });
    await expect(login.check('Nobody', 'x'.repeat(1_000))).rejects.toMatchObject({ code: 'bad_login' });
    expect(verified).toEqual(Array(3).fill(verified[0]));
  });

  it('of many at once waits its turn, and those beyond are turned away', async () => {
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => login.check('Nora', 'correct horse')));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'too_many_logins' } });
    await expect(login.check('Nora', 'correct horse')).resolves.toBeDefined();
  });
});
