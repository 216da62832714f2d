import { expect, test } from 'vitest';
import { addressText, endpointFromBytes, endpointFromText } from '../../src/transport/endpoint.ts';

test.each([
  ['192.0.2.1', 'c0000201', '192.0.2.1'],
  ['2001:db8::1', '20010db8000000000000000000000001', '2001:db8::1'],
  ['2001:0DB8:0:0:1:0:0:1', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['::', '00000000000000000000000000000000', '::'],
  ['::1', '00000000000000000000000000000001', '::1'],
  ['fe80::', 'fe800000000000000000000000000000', 'fe80::'],
  ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221', '64:ff9b::c000:221'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008', '1:2:3:4:5:6:7:8'],
])('%s is read into bytes and written back', (text, hex, canonical) => {
  const endpoint = endpointFromText(text, 8189);
  expect(Buffer.from(endpoint.ip).toString('hex')).toBe(hex);
  expect(endpoint).toMatchObject({ family: hex.length === 8 ? 4 : 6, port: 8189 });
  expect(addressText(endpoint)).toBe(canonical);
});

test('an IPv4 address mapped into IPv6 is the IPv4 endpoint', () => {
  expect(endpointFromText('::ffff:192.0.2.1', 5000)).toEqual(endpointFromText('192.0.2.1', 5000));
});

test('the zone of a link-local address is left out', () => {
  expect(endpointFromText('fe80::1%eth0', 1)).toEqual(endpointFromText('fe80::1', 1));
});

test('keys are equal for the same address and port, and for no other', () => {
  const keys = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'].flatMap((address) =>
    [1, 2].map((port) => endpointFromText(address, port).key),
  );
  expect(new Set(keys).size).toBe(8);
  expect(endpointFromText('2001:db8:0::1', 1).key).toBe(endpointFromText('2001:db8::1', 1).key);
});

test('an endpoint does not change with the buffer it was read from', () => {
  const buffer = Buffer.from([192, 0, 2, 1]);
  const endpoint = endpointFromBytes(buffer, 1);
  buffer.fill(0);
  expect(addressText(endpoint)).toBe('192.0.2.1');
});

test.each(['example.org', '192.0.2', '192.0.2.256', '1::2::3', ''])('%j is no address', (text) => {
  expect(() => endpointFromText(text, 1)).toThrow(TypeError);
});
