import { isIP, SocketAddress } from 'node:net';

/** One end of a UDP or TCP path. An IPv4 address mapped into IPv6 is held as the IPv4 address that it is. */
export interface Endpoint {
  /** Unique per address and port. */
  readonly key: string;
  readonly family: 4 | 6;
  /** 4 or 16 bytes, network order. */
  readonly ip: Uint8Array;
  readonly port: number;
}

const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

/** `ip` holds 4 or 16 bytes and is copied. */
export function endpointFromBytes(ip: Uint8Array, port: number): Endpoint {
  const isMapped = ip.length === 16 && MAPPED_PREFIX.equals(ip.subarray(0, 12));
  const bytes = Buffer.from(isMapped ? ip.subarray(12) : ip);
  if (bytes.length === 4) return { key: `${bytes.join('.')}:${port}`, family: 4, ip: bytes, port };
  if (bytes.length === 16) return { key: `[${bytes.toString('hex')}]:${port}`, family: 6, ip: bytes, port };
  throw new TypeError(`An IP address of ${ip.length} bytes`);
}

/** Throws a TypeError when `address` is neither IPv4 nor IPv6. A zone (`%eth0`) is left out. */
export function endpointFromText(address: string, port: number): Endpoint {
  const family = isIP(address);
  if (family === 4) return endpointFromBytes(ipv4Bytes(address), port);
  if (family === 6) return endpointFromBytes(ipv6Bytes(address.replace(/%.*/, '')), port);
  throw new TypeError(`Not an IP address: ${address}`);
}

/** IPv4 in dotted form, IPv6 as RFC 5952 writes it. */
export function addressText({ family, ip }: Endpoint): string {
  if (family === 4) return ip.join('.');
  const groups = Buffer.from(ip).toString('hex').match(/.{4}/g) ?? [];
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}

/** `address` is valid: at most one `::`, and perhaps a dotted tail. */
function ipv6Bytes(address: string): Uint8Array {
  const [head = '', tail = ''] = address.split('::').map(groupsAsHex);
  return Buffer.from(head + tail.padStart(32 - head.length, '0'), 'hex');
}

function groupsAsHex(part: string): string {
  if (part === '') return '';
  return part
    .split(':')
    .map((group) => (group.includes('.') ? Buffer.from(ipv4Bytes(group)).toString('hex') : group.padStart(4, '0')))
    .join('');
}
