import { expect, test } from 'vitest';
import { addressesIn, withOnly } from '../../web/src/lib/candidates.ts';

const answer = [
  'v=0',
  'a=ice-lite',
  'a=candidate:1 1 udp 2130706431 203.0.113.7 8189 typ host',
  'a=candidate:2 1 UDP 2130706175 2001:db8::7 8189 typ host',
  'a=candidate:3 1 tcp 1518280447 203.0.113.7 8189 typ host tcptype passive',
  'a=end-of-candidates',
  '',
].join('\r\n');

test('all but the candidates of one protocol stay', () => {
  expect(withOnly('tcp', answer).split('\r\n')).toEqual([
    'v=0',
    'a=ice-lite',
    'a=candidate:3 1 tcp 1518280447 203.0.113.7 8189 typ host tcptype passive',
    'a=end-of-candidates',
    '',
  ]);
  expect(withOnly('udp', answer)).not.toContain('tcptype');
});

test('an address that stands twice is told once', () => {
  expect(addressesIn(answer)).toEqual(['203.0.113.7', '2001:db8::7']);
  expect(addressesIn('v=0\r\n')).toEqual([]);
});
