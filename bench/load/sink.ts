import { ClientSocket } from './client-socket.ts';
import { Epoll } from './epoll.ts';
import { ReceiveArray } from './receive-array.ts';

const DRAIN_EVERY_MS = 2;

/** Sockets that take what comes and look at nothing. */
export class Sink {
  readonly #sockets: readonly ClientSocket[];
  readonly #epoll = new Epoll();
  readonly #array = new ReceiveArray(64, 64);
  readonly #timer: NodeJS.Timeout;
  packets = 0;

  constructor(count: number) {
    this.#sockets = Array.from({ length: count }, () => new ClientSocket());
    for (const { fd } of this.#sockets) this.#epoll.add(fd, fd);
    this.#timer = setInterval(() => this.#drain(), DRAIN_EVERY_MS);
  }

  get ports(): readonly number[] {
    return this.#sockets.map(({ port }) => port);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#epoll.close();
    for (const socket of this.#sockets) socket.close();
  }

  #drain(): void {
    for (const fd of this.#epoll.ready()) {
      for (let count = this.#array.slots; count === this.#array.slots; ) {
        count = this.#array.receive(fd);
        this.packets += count;
      }
    }
  }
}
