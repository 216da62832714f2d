import { allocateMemory } from '../../src/native/memory.ts';
import { type DatagramWriter, type Destination, MAX_RUN_BYTES } from '../../src/transport/datagram-writer.ts';

/** A port that keeps what would have been sent. */
export class CollectingPort implements DatagramWriter {
  readonly memory = allocateMemory(MAX_RUN_BYTES);
  readonly view = new DataView(this.memory.bytes.buffer);
  readonly dropped = 0;
  readonly sent = { datagrams: 0, bytes: 0 };
  readonly datagrams: Buffer[] = [];

  writerFor(): this {
    return this;
  }

  reserve(bytes: number): number {
    if (bytes > MAX_RUN_BYTES) throw new Error(`${bytes} bytes in one run`);
    return 0;
  }

  commit(_to: Destination, start: number, length: number, segment: number): void {
    for (let at = start; at < start + length; at += segment) {
      this.datagrams.push(Buffer.from(this.memory.bytes.slice(at, Math.min(at + segment, start + length))));
    }
  }

  flush(): void {}

  take(): Buffer[] {
    return this.datagrams.splice(0);
  }
}
