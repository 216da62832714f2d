import type { DatagramWriter } from './datagram-writer.ts';
import { type Endpoint, endpointFromBytes, endpointFromText } from './endpoint.ts';

/** Unique per address and port, and cheap: a number for IPv4 (address x 65536 + port), text for IPv6. */
export type SourceKey = number | string;

const AF_INET = 2;

/** A way that was opened to us, of which a peer that proves to be at its other end becomes the owner. */
export interface Connection {
  /** Whose it is is known: it may stay. */
  proven(): void;
  /** Its owner needs it no more; what was written still goes out. Idempotent. */
  release(): void;
}

/** Where a datagram came from. The full endpoint is made only when somebody asks. */
export interface DatagramSource {
  readonly key: SourceKey;
  /** Of the socket it came to: answers leave by the address that was asked. */
  readonly writer: DatagramWriter | undefined;
  /** Absent where anybody can write without asking: UDP. */
  readonly connection?: Connection;
  endpoint(): Endpoint;
}

export function keyOfEndpoint({ family, ip, port, key }: Endpoint): SourceKey {
  return family === 4 ? uint32(ip, 0) * 65_536 + port : key;
}

/** Reads `struct sockaddr_in` and `sockaddr_in6`; `endpoint()` must be asked before the memory changes. */
export function sourceOfSockaddr(sockaddr: Uint8Array, writer?: DatagramWriter): DatagramSource {
  const port = ((sockaddr[2] ?? 0) << 8) | (sockaddr[3] ?? 0);
  if (sockaddr[0] === AF_INET) {
    return {
      key: uint32(sockaddr, 4) * 65_536 + port,
      writer,
      endpoint: () => endpointFromBytes(sockaddr.subarray(4, 8), port),
    };
  }
  const endpoint = endpointFromBytes(sockaddr.subarray(8, 24), port);
  return { key: endpoint.key, writer, endpoint: () => endpoint };
}

/** What Node's dgram reports. */
export function sourceOfText(address: string, port: number, writer?: DatagramWriter): DatagramSource {
  const endpoint = endpointFromText(address, port);
  return { key: keyOfEndpoint(endpoint), writer, endpoint: () => endpoint };
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}
