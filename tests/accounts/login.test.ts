import { beforeEach, describe, expect, it } from 'vitest';
import { Login } from '../../src/accounts/login.ts';
import { hashPassword, isPassword, passwordProblem } from '../../src/accounts/passwords.ts';
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
  users.add('Nora', 'owner', await hashPassword('correct horse'));
});

describe('a password', () => {
  it.each(['correct horse', 'пароль-для-входа', '🐎🔋📎🧷🐎🔋📎🧷'])('may be %s', (password) => {
    expect(passwordProblem(password, 'Nora')).toBeUndefined();
  });

  it.each(['', '1234567', '🐎🔋📎🧷', 'aaaaaaaaaaaa', 'abababababab', 'NORA-THE-GREAT', 'x1y'.repeat(100)])(
    'may not be %j',
    (password) => {
      expect(passwordProblem(password, 'Nora-the-great')).toBeDefined();
    },
  );

  it('is kept as argon2id, with a salt of its own', async () => {
    const [one, other] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await isPassword('correct horse', one)).toBe(true);
    expect(await isPassword('correct horsf', one)).toBe(false);
    expect(await isPassword('x'.repeat(100_000), one)).toBe(false);
  });
});

describe('a login', () => {
  it('lasts thirty days', async () => {
    const { token } = await login.login('Nora', 'correct horse');
    nowMs += 30 * DAY_MS - 1;
    expect(await login.userOf(token)).toMatchObject({ name: 'Nora' });
    nowMs += 1;
    expect(await login.userOf(token)).toBeUndefined();
  });

  it('clears away the sessions that are over', async () => {
    await login.login('Nora', 'correct horse');
    nowMs += 31 * DAY_MS;
    await login.login('Nora', 'correct horse');
    expect(sessions.rows.size).toBe(1);
  });

  it('of many at once waits its turn, and those beyond are turned away', async () => {
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => login.login('Nora', 'correct horse')));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'too_many_logins' } });
    await expect(login.login('Nora', 'correct horse')).resolves.toBeDefined();
  });
});
