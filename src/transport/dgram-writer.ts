import type { Socket } from 'node:dgram';
import type { TrafficCounts } from '../media/stats.ts';
import { allocateMemory } from '../native/memory.ts';
import { type DatagramWriter, type Destination, MAX_RUN_BYTES } from './datagram-writer.ts';
import { addressText } from './endpoint.ts';

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/** Node's own dgram, one datagram at a time: works everywhere Node does. */
export class DgramWriter implements DatagramWriter {
  readonly memory = allocateMemory(MAX_RUN_BYTES);
  readonly view = new DataView(this.memory.bytes.buffer);
  readonly #socket: Socket;
  #dropped = 0;
  #sentDatagrams = 0;
  #sentBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get sent(): TrafficCounts {
    return { datagrams: this.#sentDatagrams, bytes: this.#sentBytes };
  }

  reserve(_bytes: number): number {
    return 0;
  }

  commit(to: Destination, start: number, length: number, segment: number): void {
    this.#sentBytes += length;
    for (let at = 0; at < length; at += segment) {
      this.#sentDatagrams += 1;
      if (this.#socket.getSendQueueSize() > MAX_QUEUED_BYTES) {
        this.#dropped += 1;
        continue;
      }
      // Node sends later, when `memory` holds something else.
      const datagram = this.memory.bytes.slice(start + at, start + Math.min(at + segment, length));
      this.#socket.send(datagram, to.endpoint.port, addressText(to.endpoint), (error) => {
        if (error) this.#dropped += 1;
      });
    }
  }

  flush(): void {}
}
