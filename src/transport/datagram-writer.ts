import type { TrafficCounts } from '../media/stats.ts';
import { allocateMemory, type NativeMemory } from '../native/memory.ts';
import { socketAddress } from '../native/socket.ts';
import type { Backlog } from './backlog.ts';
import type { Endpoint } from './endpoint.ts';

/** A place to send to, as the kernel wants it, and the socket to send from where that matters. */
export class Destination {
  readonly endpoint: Endpoint;
  readonly sockaddr: NativeMemory;
  readonly writer: DatagramWriter | undefined;
  /** The way there does not take many datagrams as one message. */
  refusesGso = false;

  constructor(endpoint: Endpoint, writer?: DatagramWriter) {
    const address = socketAddress(endpoint.ip, endpoint.port);
    this.endpoint = endpoint;
    this.writer = writer;
    this.sockaddr = allocateMemory(address.length);
    this.sockaddr.bytes.set(address);
  }

  /** Over TCP: whether the way there takes what it is given. */
  get backlog(): Backlog | undefined {
    return this.writer?.backlog;
  }
}

/** Largest number of bytes one `commit` may hand over: what one UDP datagram could carry. */
export const MAX_RUN_BYTES = 65_507;
/** UDP_MAX_SEGMENTS of the kernel. */
export const MAX_RUN_SEGMENTS = 64;

/**
 * Datagrams on their way out of one socket: written in place into `memory`, handed over in large numbers by `flush`.
 * What is not taken in time is dropped and counted; receivers ask again.
 */
export interface DatagramWriter {
  readonly memory: NativeMemory;
  /** Of `memory`. */
  readonly view: DataView;
  readonly dropped: number;
  /** Handed over so far, dropped or not. */
  readonly sent: TrafficCounts;
  /** Where nothing is lost what is too much would wait, so whoever writes must ask before. */
  readonly backlog?: Backlog;
  /** Offset in `memory` with room for so many bytes. Valid until the next `reserve`, `commit` or `flush`. */
  reserve(bytes: number): number;
  /** What was written at the reserved offset: datagrams of `segment` bytes, the last one perhaps shorter. */
  commit(to: Destination, start: number, length: number, segment: number): void;
  flush(): void;
}
