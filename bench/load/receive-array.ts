import { bindOptional } from '../../src/native/library.ts';
import { allocateMemory } from '../../src/native/memory.ts';

const MMSGHDR = 64;
const IOVEC = 16;
const CONTROL = 64;
// Offsets in `struct mmsghdr` of 64-bit Linux, in 32-bit words.
const IOV = 4;
const IOV_LENGTH = 6;
const CONTROL_ADDRESS = 8;
const CONTROL_LENGTH = 10;
const RESULT_LENGTH = 14;

const MSG_TRUNC = 0x20;
export const SOL_SOCKET = 1;
export const SO_TIMESTAMPNS = 35;
export const SOL_UDP = 17;
export const UDP_GRO = 104;

type Receive = (fd: number, messages: number, count: number, flags: number, timeout: number) => number;
const recvmmsg = bindOptional<Receive>(
  'int recvmmsg(int fd, uint64 messages, unsigned int count, int flags, uint64 timeout)',
);

/** Many datagrams a call, cut to `slotBytes` each, with the kernel's word of when each came. */
export class ReceiveArray {
  readonly memory;
  readonly slots: number;
  readonly slotBytes: number;
  readonly #headers;
  readonly #words: Uint32Array;
  #used = 0;

  constructor(slots: number, slotBytes: number) {
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.memory = allocateMemory(slots * slotBytes);
    this.#headers = allocateMemory(slots * (MMSGHDR + IOVEC + CONTROL));
    this.#words = new Uint32Array(this.#headers.bytes.buffer);
    for (let slot = 0; slot < slots; slot += 1) this.#prepare(slot);
  }

  /** How many came; as many as there are slots means that there may be more. */
  receive(fd: number): number {
    for (let slot = 0; slot < this.#used; slot += 1) this.#words[slot * 16 + CONTROL_LENGTH] = CONTROL;
    const count = recvmmsg?.(fd, this.#headers.address, this.slots, MSG_TRUNC, 0) ?? -1;
    this.#used = Math.max(count, 0);
    return this.#used;
  }

  startOf(slot: number): number {
    return slot * this.slotBytes;
  }

  /** As long as it was sent, though `slotBytes` at most were kept. */
  lengthOf(slot: number): number {
    return this.#words[slot * 16 + RESULT_LENGTH] ?? 0;
  }

  /** Microseconds since 1970 when it reached this socket's queue; 0 where that was not asked for (SO_TIMESTAMPNS). */
  arrivedUs(slot: number): number {
    const at = this.#controlOf(slot, SOL_SOCKET, SO_TIMESTAMPNS);
    if (at < 0) return 0;
    const [seconds = 0, secondsHigh = 0, nanoseconds = 0] = this.#words.subarray(at, at + 3);
    return (secondsHigh * 2 ** 32 + seconds) * 1e6 + nanoseconds / 1e3;
  }

  /** The size of the datagrams that lie in this slot back to back; 0 when it is one (UDP_GRO). */
  segmentOf(slot: number): number {
    const at = this.#controlOf(slot, SOL_UDP, UDP_GRO);
    return at < 0 ? 0 : (this.#words[at] ?? 0);
  }

  // The index of the data word, or -1.
  #controlOf(slot: number, level: number, type: number): number {
    const start = (this.slots * (MMSGHDR + IOVEC) + slot * CONTROL) >> 2;
    const end = start + ((this.#words[slot * 16 + CONTROL_LENGTH] ?? 0) >> 2);
    for (let at = start; at + 4 <= end; ) {
      if (this.#words[at + 2] === level && this.#words[at + 3] === type) return at + 4;
      const words = (((this.#words[at] ?? 0) + 7) & ~7) >> 2;
      if (words === 0) return -1;
      at += words;
    }
    return -1;
  }

  #prepare(slot: number): void {
    const words = this.#words;
    const message = slot * 16;
    const iovec = this.slots * MMSGHDR + slot * IOVEC;
    setPointer(words, message + IOV, this.#headers.address + iovec);
    words[message + IOV_LENGTH] = 1;
    setPointer(
      words,
      message + CONTROL_ADDRESS,
      this.#headers.address + this.slots * (MMSGHDR + IOVEC) + slot * CONTROL,
    );
    words[message + CONTROL_LENGTH] = CONTROL;
    setPointer(words, iovec >> 2, this.memory.address + slot * this.slotBytes);
    words[(iovec >> 2) + 2] = this.slotBytes;
  }
}

function setPointer(words: Uint32Array, at: number, address: number): void {
  words[at] = address;
  words[at + 1] = address / 2 ** 32;
}
