import { expect, it } from 'vitest';
import { addressBlock, isLoopback } from '../../src/http/client-address.ts';

it.each([
  ['198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is counted as %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});

it('loopback is what the host calls itself', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '128.0.0.1', '198.51.100.7', ''].map(isLoopback)).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ]);
});
