import { expect, test } from 'vitest';
import { Strangers } from '../../src/transport/strangers.ts';

const PER_ADDRESS = 64;
const ALL = 1024;
const SECOND = 1000;
const ip = (index: number) => Uint8Array.of(192, 0, index >> 8, index & 0xff);

test('strangers may stay for ten seconds', () => {
  const strangers = new Strangers<string>();
  strangers.add('early', ip(1), 0);
  strangers.add('late', ip(2), 3 * SECOND);
  expect(strangers.takeOverdue(10 * SECOND)).toEqual([]);
  expect(strangers.takeOverdue(10 * SECOND + 1)).toEqual(['early']);
  expect(strangers.takeOverdue(10 * SECOND + 1)).toEqual([]);
  expect(strangers.size).toBe(1);
});

test('who is known by then may stay for longer', () => {
  const strangers = new Strangers<string>();
  strangers.add('known', ip(1), 0);
  strangers.remove('known');
  strangers.remove('known');
  expect([strangers.size, strangers.takeOverdue(60 * SECOND)]).toEqual([0, []]);
});

test('too many of one address push out the oldest of that address', () => {
  const strangers = new Strangers<string>();
  strangers.add('other', ip(2), 0);
  for (let index = 0; index < PER_ADDRESS; index += 1) expect(strangers.add(`${index}`, ip(1), index)).toBeUndefined();
  expect(strangers.add('one more', ip(1), 100)).toBe('0');
  strangers.remove('7');
  expect(strangers.add('in its place', ip(1), 101)).toBeUndefined();
  expect(strangers.add('and one more', ip(1), 102)).toBe('1');
  expect(strangers.size).toBe(PER_ADDRESS + 1);
});

test('too many of all push out the oldest of all', () => {
  const strangers = new Strangers<number>();
  for (let index = 0; index < ALL; index += 1) expect(strangers.add(index, ip(index), index)).toBeUndefined();
  expect(strangers.add(ALL, ip(ALL), ALL)).toBe(0);
  expect(strangers.add(ALL + 1, ip(ALL + 1), ALL)).toBe(1);
  expect(strangers.size).toBe(ALL);
});

test('a household of IPv6 is one address', () => {
  const strangers = new Strangers<number>();
  const home = (index: number) => Buffer.from(`20010db800000001${index.toString(16).padStart(16, '0')}`, 'hex');
  for (let index = 0; index < PER_ADDRESS; index += 1) strangers.add(index, home(index), 0);
  expect(strangers.add(PER_ADDRESS, home(PER_ADDRESS), 1)).toBe(0);
  expect(strangers.add(PER_ADDRESS + 1, Buffer.from('20010db8000000020000000000000001', 'hex'), 1)).toBeUndefined();
});
