import { allocateMemory, type NativeMemory } from './memory.ts';
import { SOCKADDR_SIZE } from './socket.ts';

const MMSGHDR = 64;
const IOVEC = 16;
const CONTROL = 24;
const CMSG_LENGTH = 18;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;

// Offsets in struct mmsghdr, in 32-bit words.
const NAME = 0;
const NAME_LENGTH = 2;
const IOV = 4;
const IOV_LENGTH = 6;
const CONTROL_ADDRESS = 8;
const CONTROL_LENGTH = 10;
const RESULT_LENGTH = 14;
const WORDS_PER_MESSAGE = MMSGHDR / 4;

/** An array of `struct mmsghdr`, each with one iovec, one address and room for one control message. */
export class MessageArray {
  readonly capacity: number;
  readonly #memory: NativeMemory;
  readonly #words: Uint32Array;
  readonly #iovecs: number;
  readonly #controls: number;
  readonly #names: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#iovecs = capacity * MMSGHDR;
    this.#controls = this.#iovecs + capacity * IOVEC;
    this.#names = this.#controls + capacity * CONTROL;
    this.#memory = allocateMemory(this.#names + capacity * 32);
    this.#words = new Uint32Array(this.#memory.bytes.buffer);
    for (let index = 0; index < capacity; index += 1) this.#prepare(index);
  }

  get address(): number {
    return this.#memory.address;
  }

  addressOf(index: number): number {
    return this.#memory.address + index * MMSGHDR;
  }

  /** For sending. `segmentSize` 0 sends one datagram; above, the kernel cuts the bytes into datagrams of that size (GSO). */
  set(index: number, name: number, nameLength: number, data: number, length: number, segmentSize: number): void {
    const words = this.#words;
    const message = index * WORDS_PER_MESSAGE;
    const iovec = (this.#iovecs + index * IOVEC) >> 2;
    words[message + NAME] = name;
    words[message + NAME + 1] = name / 0x1_0000_0000;
    words[message + NAME_LENGTH] = nameLength;
    words[message + CONTROL_LENGTH] = segmentSize === 0 ? 0 : CONTROL;
    words[iovec] = data;
    words[iovec + 1] = data / 0x1_0000_0000;
    words[iovec + 2] = length;
    if (segmentSize !== 0) words[((this.#controls + index * CONTROL) >> 2) + 4] = segmentSize;
  }

  /** For receiving into `data`, with the sender's address kept in this array. */
  setReceive(index: number, data: number, size: number, controlLength = 0): void {
    this.set(index, this.#memory.address + this.#names + index * 32, SOCKADDR_SIZE, data, size, 0);
    this.#words[index * WORDS_PER_MESSAGE + CONTROL_LENGTH] = controlLength;
  }

  /** Before receiving again: the kernel has overwritten the lengths. */
  rearm(index: number, controlLength = 0): void {
    const message = index * WORDS_PER_MESSAGE;
    this.#words[message + NAME_LENGTH] = SOCKADDR_SIZE;
    this.#words[message + CONTROL_LENGTH] = controlLength;
  }

  receivedLength(index: number): number {
    return this.#words[index * WORDS_PER_MESSAGE + RESULT_LENGTH] ?? 0;
  }

  /** The received control message (a UDP_GRO segment size), or 0. */
  receivedSegmentSize(index: number): number {
    const hasControl = (this.#words[index * WORDS_PER_MESSAGE + CONTROL_LENGTH] ?? 0) > 0;
    return hasControl ? (this.#words[((this.#controls + index * CONTROL) >> 2) + 4] ?? 0) : 0;
  }

  /** `struct sockaddr` of the sender: valid until the next receive. */
  receivedAddress(index: number): Uint8Array {
    const start = this.#names + index * 32;
    return this.#memory.bytes.subarray(start, start + SOCKADDR_SIZE);
  }

  #prepare(index: number): void {
    const words = this.#words;
    const message = index * WORDS_PER_MESSAGE;
    const iovec = this.#memory.address + this.#iovecs + index * IOVEC;
    const control = this.#memory.address + this.#controls + index * CONTROL;
    words[message + IOV] = iovec;
    words[message + IOV + 1] = iovec / 0x1_0000_0000;
    words[message + IOV_LENGTH] = 1;
    words[message + CONTROL_ADDRESS] = control;
    words[message + CONTROL_ADDRESS + 1] = control / 0x1_0000_0000;
    const cmsg = (this.#controls + index * CONTROL) >> 2;
    words[cmsg] = CMSG_LENGTH;
    words[cmsg + 2] = SOL_UDP;
    words[cmsg + 3] = UDP_SEGMENT;
  }
}
