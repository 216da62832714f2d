import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { reachOf } from '../addresses.ts';
import type { CandidateAddress } from '../media/plan.ts';

const MAX_ADDRESSES = 8;
const LOOPBACK = '127.0.0.1';

/** Where containers and virtual machines of this host meet: Docker, Podman, LXC, Kubernetes, libvirt, VMware, VirtualBox. */
const HOST_ONLY =
  /^(docker|br-[0-9a-f]{12}|veth|podman|cni|lxc|lxd|incus|cali|flannel|cilium|kube|virbr|vnet|vmnet|vboxnet)/;
/** Whoever is in the same VPN gets through, but all others had better try something else first. */
const VPN = /^(tun|tap|utun|wg|tailscale|zt|ppp|nordlynx)/;

export interface AnnouncedAddress {
  readonly address: string;
  /** The outside port of the first media thread. */
  readonly port?: number;
}

/**
 * Where clients may reach a media thread: what the operator announces, else the host's own addresses. IPv4 comes first
 * and the most reachable of it before all (some clients try only the first); what is good on this machine alone only
 * where there is nothing else.
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
  const own = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal, address }) => !internal && !isLinkLocal(address) && (hasIpv6 || isIP(address) === 4))
      .map(({ address }) => ({ address, name })),
  );
  const outward = own.filter(({ name }) => !HOST_ONLY.test(name));
  const ranked = (outward.length > 0 ? outward : own).toSorted((a, b) => rank(a) - rank(b));
  const found = [...new Set(ranked.map(({ address }) => address))].slice(0, MAX_ADDRESSES);
  return (found.length > 0 ? found : [LOOPBACK]).map((address) => ({ address, port }));
}

function rank({ address, name }: { readonly address: string; readonly name: string }): number {
  const byReach = VPN.test(name) ? 2 : reachOf(address) === 'world' ? 0 : 1;
  return (isIP(address) === 4 ? 0 : 3) + byReach;
}

/** Useless without a zone, which a candidate can not carry. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith('169.254.');
}
