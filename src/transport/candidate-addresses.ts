import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { CandidateAddress } from '../media/plan.ts';

const MAX_ADDRESSES = 8;
const LOOPBACK = '127.0.0.1';

export interface AnnouncedAddress {
  readonly address: string;
  /** The outside port of the first media thread. */
  readonly port?: number;
}

/**
 * Where clients may reach a media thread: what the operator announces, else the host's own addresses. IPv4 comes first
 * (some clients try only the first), loopback only where there is nothing else.
 */
export function candidateAddresses(options: {
  announced: readonly AnnouncedAddress[];
  /** Of this thread, counted from 0: an announced port is that of the first. */
  thread: number;
  port: number;
  hasIpv6: boolean;
  interfaces?: NodeJS.Dict<NetworkInterfaceInfo[]>;
}): readonly CandidateAddress[] {
  const { announced, thread, port, hasIpv6, interfaces = networkInterfaces() } = options;
  if (announced.length > 0) {
    return announced.map((entry) => ({
      address: entry.address,
      port: entry.port === undefined ? port : entry.port + thread,
    }));
  }
  const own = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !isLinkLocal(address))
    .map(({ address }) => address);
  const v4 = own.filter((address) => isIP(address) === 4);
  const v6 = hasIpv6 ? own.filter((address) => isIP(address) === 6) : [];
  const found = [...new Set([...v4, ...v6])].slice(0, MAX_ADDRESSES);
  return (found.length > 0 ? found : [LOOPBACK]).map((address) => ({ address, port }));
}

/** Useless without a zone, which a candidate can not carry. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith('169.254.');
}
