import { bindOptional } from '../../src/native/library.ts';
import { allocateMemory } from '../../src/native/memory.ts';

const EPOLL_CLOEXEC = 0x80000;
const CTL_ADD = 1;
const CTL_DEL = 2;
const EPOLLIN = 1;
const MAX_EVENTS = 1024;
// `struct epoll_event` is packed on x86-64 and nowhere else.
const EVENT = process.arch === 'x64' ? { size: 12, data: 4 } : { size: 16, data: 8 };

type Create = (flags: number) => number;
type Control = (epoll: number, operation: number, fd: number, event: number) => number;
type Wait = (epoll: number, events: number, maxEvents: number, timeoutMs: number) => number;

const create = bindOptional<Create>('int epoll_create1(int flags)');
const control = bindOptional<Control>('int epoll_ctl(int epoll, int operation, int fd, uint64 event)');
const wait = bindOptional<Wait>('int epoll_wait(int epoll, uint64 events, int maxEvents, int timeoutMs)');
const close = bindOptional<(fd: number) => number>('int close(int fd)');

/** Which of thousands of sockets have something to read (Linux), without a Node handle for each. */
export class Epoll {
  readonly #fd: number;
  readonly #events = allocateMemory(MAX_EVENTS * EVENT.size);
  readonly #view = new DataView(this.#events.bytes.buffer);

  constructor() {
    this.#fd = create?.(EPOLL_CLOEXEC) ?? -1;
    if (this.#fd < 0) throw new Error('The load generator needs the epoll of Linux.');
  }

  /** `tag`, a 32-bit number, comes back from `ready`. */
  add(fd: number, tag: number): void {
    this.#view.setUint32(0, EPOLLIN, true);
    this.#view.setUint32(EVENT.data, tag, true);
    if ((control?.(this.#fd, CTL_ADD, fd, this.#events.address) ?? -1) < 0)
      throw new Error(`epoll refused socket ${fd}`);
  }

  remove(fd: number): void {
    control?.(this.#fd, CTL_DEL, fd, this.#events.address);
  }

  /** Tags of sockets that can be read now, at most 1024 of them; does not wait. */
  *ready(): Generator<number> {
    const count = wait?.(this.#fd, this.#events.address, MAX_EVENTS, 0) ?? 0;
    const tags = Array.from({ length: Math.max(count, 0) }, (_, index) =>
      this.#view.getUint32(index * EVENT.size + EVENT.data, true),
    );
    yield* tags;
  }

  close(): void {
    close?.(this.#fd);
  }
}
