import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSecretBox, SecretBox } from '../src/secret-box.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what is sealed can be opened with the same key alone, and never looks the same twice', () => {
  const [box, other] = [new SecretBox('one'), new SecretBox('two')];
  const [a, b] = [box.seal(SECRET), box.seal(SECRET)];
  expect([box.open(a), box.open(b), other.open(a)]).toEqual([SECRET, SECRET, undefined]);
  expect(Buffer.from(a).equals(b)).toBe(false);
  expect(Buffer.from(a).includes(SECRET.slice(6))).toBe(false);
});

test('what was changed, or is cut off, does not open', () => {
  const box = new SecretBox('one');
  const sealed = box.seal(SECRET);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(box.open(changed)).toBeUndefined();
    expect(box.open(sealed.subarray(0, at))).toBeUndefined();
  }
});

test('a server makes itself a key that it finds again, and that nobody else may read', async () => {
  const dataDir = join(folder, 'data');
  const sealed = (await openSecretBox({ dataDir })).seal(SECRET);
  expect((await openSecretBox({ dataDir })).open(sealed)).toBe(SECRET);
  expect((await stat(join(dataDir, 'secrets.key'))).mode & 0o777).toBe(0o600);
});

test('servers with the same key given read each other’s secrets', async () => {
  const given = 'x'.repeat(32);
  const one = await openSecretBox({ dataDir: join(folder, 'a'), given });
  const two = await openSecretBox({ dataDir: join(folder, 'b'), given });
  expect(two.open(one.seal(SECRET))).toBe(SECRET);
});

test('keys for other purposes come of it, always the same, and one tells nothing of another', () => {
  const [box, other] = [new SecretBox('one'), new SecretBox('two')];
  const keys = [box.derive('a'), box.derive('b'), other.derive('a')].map((key) => Buffer.from(key).toString('hex'));
  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new SecretBox('one').derive('a')).toEqual(box.derive('a'));
});
