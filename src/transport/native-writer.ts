import type { TrafficCounts } from '../media/stats.ts';
import { allocateMemory } from '../native/memory.ts';
import { MessageArray } from '../native/message-array.ts';
import { EAGAIN, EINVAL, EIO, EMSGSIZE, sendMessages, waitWritable } from '../native/udp.ts';
import type { DatagramWriter, Destination } from './datagram-writer.ts';

// Small enough to stay in a core's second-level cache between sealing and sending.
const MEMORY_BYTES = 384 * 1024;
const MAX_MESSAGES = 512;
// A full socket buffer empties at line speed; waiting longer would hold up everybody else.
const FULL_WAIT_MS = 2;
const GSO_REFUSALS: readonly number[] = [EIO, EINVAL, EMSGSIZE];

/** sendmmsg, with UDP GSO where the kernel has it. */
export class NativeWriter implements DatagramWriter {
  readonly memory = allocateMemory(MEMORY_BYTES);
  readonly view = new DataView(this.memory.bytes.buffer);
  readonly #fd: number;
  readonly #messages = new MessageArray(MAX_MESSAGES);
  readonly #starts = new Float64Array(MAX_MESSAGES);
  readonly #lengths = new Uint32Array(MAX_MESSAGES);
  readonly #segments = new Uint32Array(MAX_MESSAGES);
  // Keeps each address alive until the kernel has read it.
  readonly #destinations = new Array<Destination | undefined>(MAX_MESSAGES).fill(undefined);
  #count = 0;
  #end = 0;
  #dropped = 0;
  #sentDatagrams = 0;
  #sentBytes = 0;
  readonly #hasGso: boolean;

  constructor(fd: number, options: { hasGso: boolean }) {
    this.#fd = fd;
    this.#hasGso = options.hasGso;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get sent(): TrafficCounts {
    return { datagrams: this.#sentDatagrams, bytes: this.#sentBytes };
  }

  reserve(bytes: number): number {
    if (this.#end + bytes > MEMORY_BYTES) this.flush();
    return this.#end;
  }

  commit(to: Destination, start: number, length: number, segment: number): void {
    this.#end = start + length;
    this.#sentBytes += length;
    this.#sentDatagrams += length <= segment ? 1 : Math.ceil(length / segment);
    if (length <= segment) {
      this.#add(to, start, length, 0);
      return;
    }
    if (this.#hasGso && !to.refusesGso) {
      this.#add(to, start, length, segment);
      return;
    }
    for (let at = 0; at < length; at += segment) this.#add(to, start + at, Math.min(segment, length - at), 0);
  }

  flush(): void {
    let sent = 0;
    let hasWaited = false;
    while (sent < this.#count) {
      const result = sendMessages(this.#fd, this.#messages.addressOf(sent), this.#count - sent);
      if (result > 0) {
        sent += result;
      } else if (result === -EAGAIN && !hasWaited) {
        hasWaited = true;
        waitWritable(this.#fd, FULL_WAIT_MS);
      } else if (result === -EAGAIN) {
        for (; sent < this.#count; sent += 1) this.#dropped += this.#datagramsOf(sent);
      } else {
        this.#sendOne(sent, -result);
        sent += 1;
      }
    }
    this.#count = 0;
    this.#end = 0;
  }

  #add(to: Destination, start: number, length: number, segment: number): void {
    // Flushing in the middle of a commit must not let `#end` fall behind bytes still to be added.
    if (this.#count === MAX_MESSAGES) {
      const end = this.#end;
      this.flush();
      this.#end = end;
    }
    const index = this.#count;
    const { sockaddr } = to;
    this.#messages.set(index, sockaddr.address, sockaddr.bytes.length, this.memory.address + start, length, segment);
    this.#starts[index] = start;
    this.#lengths[index] = length;
    this.#segments[index] = segment;
    this.#destinations[index] = to;
    this.#count += 1;
  }

  // Some devices refuse GSO although the kernel knows it, and each path refuses segments above its MTU: to this peer the
  // same bytes go out one by one, from now on always.
  #sendOne(index: number, errno: number): void {
    const segment = this.#segments[index] ?? 0;
    const to = this.#destinations[index];
    if (segment === 0 || !to || !GSO_REFUSALS.includes(errno)) {
      this.#dropped += this.#datagramsOf(index);
      return;
    }
    to.refusesGso = true;
    const single = new MessageArray(1);
    const start = this.#starts[index] ?? 0;
    const length = this.#lengths[index] ?? 0;
    for (let at = 0; at < length; at += segment) {
      const bytes = Math.min(segment, length - at);
      single.set(0, to.sockaddr.address, to.sockaddr.bytes.length, this.memory.address + start + at, bytes, 0);
      if (sendMessages(this.#fd, single.address, 1) < 1) this.#dropped += 1;
    }
  }

  #datagramsOf(index: number): number {
    const segment = this.#segments[index] ?? 0;
    return segment === 0 ? 1 : Math.ceil((this.#lengths[index] ?? 0) / segment);
  }
}
