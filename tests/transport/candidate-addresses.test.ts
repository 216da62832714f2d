import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { candidateAddresses } from '../../src/transport/candidate-addresses.ts';

function interfaceOf(address: string, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const loopback = [interfaceOf('127.0.0.1', true), interfaceOf('::1', true)];
const eth0 = [
  interfaceOf('2001:db8::5'),
  interfaceOf('192.168.1.5'),
  interfaceOf('fe80::1'),
  interfaceOf('169.254.9.9'),
];
const eth1 = [interfaceOf('10.0.0.5'), interfaceOf('192.168.1.5')];

test.each([
  ['IPv4 first, each once, no link-local', { eth0, eth1 }, true, ['192.168.1.5', '10.0.0.5', '2001:db8::5']],
  ['no IPv6 where its port is not open', { eth0, eth1 }, false, ['192.168.1.5', '10.0.0.5']],
  ['loopback where there is nothing else', { lo: loopback }, true, ['127.0.0.1']],
  ['no loopback beside others', { lo: loopback, eth1 }, true, ['10.0.0.5', '192.168.1.5']],
  [
    'a public address before private ones',
    { eth1, ens5: [interfaceOf('203.0.113.7'), interfaceOf('fd00::7')] },
    true,
    ['203.0.113.7', '10.0.0.5', '192.168.1.5', 'fd00::7'],
  ],
  [
    'a VPN after the networks that everybody is in',
    { wg0: [interfaceOf('10.8.0.2'), interfaceOf('2001:db8:8::2')], eth0 },
    true,
    ['192.168.1.5', '10.8.0.2', '2001:db8::5', '2001:db8:8::2'],
  ],
  ['a VPN where there is nothing else', { tun0: [interfaceOf('10.8.0.2')] }, true, ['10.8.0.2']],
  [
    'no bridges of containers and virtual machines',
    {
      docker0: [interfaceOf('172.17.0.1')],
      'br-0123456789ab': [interfaceOf('172.18.0.1')],
      virbr0: [interfaceOf('192.168.122.1')],
      eth1,
    },
    true,
    ['10.0.0.5', '192.168.1.5'],
  ],
  ['bridges where there is nothing else', { lo: loopback, docker0: [interfaceOf('172.17.0.1')] }, true, ['172.17.0.1']],
  ['a bridge that people made', { br0: [interfaceOf('192.168.1.9')] }, true, ['192.168.1.9']],
  ['a container by its own address', { lo: loopback, eth0: [interfaceOf('172.17.0.2')] }, true, ['172.17.0.2']],
])('%s', (_what, interfaces, hasIpv6, expected) => {
  const found = candidateAddresses({ announced: [], thread: 0, port: 8189, hasIpv6, interfaces });
  expect(found).toEqual(expected.map((address) => ({ address, port: 8189 })));
});

test('a machine with very many addresses names eight', () => {
  const many = Array.from({ length: 40 }, (_, index) => interfaceOf(`10.0.0.${index}`));
  expect(candidateAddresses({ announced: [], thread: 0, port: 1, hasIpv6: true, interfaces: { many } }).length).toBe(8);
});

test('what the operator announces stands alone; its port counts up with the threads', () => {
  const announced = [{ address: '203.0.113.7', port: 9000 }, { address: '203.0.113.8' }];
  const found = candidateAddresses({ announced, thread: 2, port: 8191, hasIpv6: true, interfaces: { eth0 } });
  expect(found).toEqual([
    { address: '203.0.113.7', port: 9002 },
    { address: '203.0.113.8', port: 8191 },
  ]);
});
