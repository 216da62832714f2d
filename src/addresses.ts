import { BlockList, isIP } from 'node:net';

/** How far an address can be reached from: this machine alone, its own network, or the world. */
export type Reach = 'machine' | 'network' | 'world';

const MACHINE = subnets(['127.0.0.0', 8, 'ipv4'], ['::1', 128, 'ipv6'], ['0.0.0.0', 8, 'ipv4'], ['::', 128, 'ipv6']);
// RFC 1918, RFC 6598 (carrier-grade NAT, also Tailscale), RFC 3927, RFC 4193, RFC 4291.
const NETWORK = subnets(
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
);

/** Of an IP address in text. */
export function reachOf(address: string): Reach {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (MACHINE.check(address, family)) return 'machine';
  return NETWORK.check(address, family) ? 'network' : 'world';
}

/** A list of networks, each by its address and the length of its prefix. */
export function subnets(...entries: readonly [net: string, prefix: number, family: 'ipv4' | 'ipv6'][]): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of entries) list.addSubnet(net, prefix, family);
  return list;
}
