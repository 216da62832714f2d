import type { MediaKind } from '../media/plan.ts';
import type { Frame, RecordedPacket } from './frame.ts';
import { FrameAssembler } from './frame-assembler.ts';
import { MediaTimes } from './media-times.ts';

export interface TimedFrame extends Frame {
  readonly kind: MediaKind;
  /** When it was captured, on the clock that all layers share. */
  readonly ms: number;
}

/** One layer of a publisher: its packets in, its frames with their times out. */
export class LayerFrames {
  readonly kind: MediaKind;
  readonly #assembler = new FrameAssembler();
  readonly #times: MediaTimes;
  #heardMs = Number.NEGATIVE_INFINITY;

  constructor({ kind, clockRate }: { kind: MediaKind; clockRate: number }) {
    this.kind = kind;
    this.#times = new MediaTimes(clockRate);
  }

  get lost(): number {
    return this.#assembler.lost;
  }

  /** When a packet came last. */
  get heardMs(): number {
    return this.#heardMs;
  }

  captured(timestamp: number, ms: number): void {
    this.#times.captured(timestamp, ms);
  }

  push(packet: RecordedPacket): readonly TimedFrame[] {
    this.#heardMs = packet.arrivedMs;
    return this.#timed(this.#assembler.push(packet));
  }

  flush(): readonly TimedFrame[] {
    return this.#timed(this.#assembler.flush());
  }

  #timed(frames: readonly Frame[]): readonly TimedFrame[] {
    return frames.map((frame) => ({ ...frame, kind: this.kind, ms: this.#times.msOf(frame) }));
  }
}
