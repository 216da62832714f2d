import { expect, test } from 'vitest';
import { reachOf } from '../src/addresses.ts';

test.each([
  ['127.0.0.1', 'machine'],
  ['::1', 'machine'],
  ['0.0.0.0', 'machine'],
  ['10.1.2.3', 'network'],
  ['172.15.255.255', 'world'],
  ['172.16.0.1', 'network'],
  ['172.31.255.255', 'network'],
  ['172.32.0.1', 'world'],
  ['192.168.0.1', 'network'],
  ['100.64.0.1', 'network'],
  ['100.128.0.1', 'world'],
  ['203.0.113.7', 'world'],
  ['fd00::1', 'network'],
  ['fe80::1', 'network'],
  ['2001:db8::1', 'world'],
] as const)('%s is reached from: %s', (address, reach) => {
  expect(reachOf(address)).toBe(reach);
});
