import { inspectPayload } from '../media/codecs/inspect.ts';
import { FRAME_START_BIT, GROUP_START_BIT } from '../media/codecs/payload-facts.ts';
import type { Frame, RecordedPacket } from './frame.ts';

/** What was asked for again has come by then, or never will. */
const PATIENCE_MS = 1_000;
/** A picture of more is none. */
const MAX_WAITING = 8_192;

/** Puts the packets of one layer into whole pictures, in order. What a loss has broken is left out up to the next keyframe. */
export class FrameAssembler {
  /** By sequence number, those after `#next`. */
  readonly #waiting = new Map<number, RecordedPacket>();
  #next: number | undefined;
  #epoch = 0;
  #gathered: RecordedPacket[] = [];
  #isWhole = false;
  #lost = 0;

  /** Pictures that were left out. */
  get lost(): number {
    return this.#lost;
  }

  push(packet: RecordedPacket): readonly Frame[] {
    if (this.#next !== undefined && packet.extSeq < this.#next) return [];
    // Another source: nothing more is to come of the one before.
    const frames = packet.epoch > this.#epoch ? [...this.flush()] : [];
    if (packet.epoch > this.#epoch) this.#next = undefined;
    this.#epoch = Math.max(this.#epoch, packet.epoch);
    this.#next ??= packet.extSeq;
    this.#waiting.set(packet.extSeq, packet);
    this.#advance(frames);
    while (this.#hasWaitedLong(packet.arrivedMs)) {
      this.#skip();
      this.#advance(frames);
    }
    return frames;
  }

  /** All that can be had without waiting any longer. */
  flush(): readonly Frame[] {
    const frames: Frame[] = [];
    while (this.#waiting.size > 0) {
      this.#skip();
      this.#advance(frames);
    }
    this.#finish(frames);
    return frames;
  }

  #advance(frames: Frame[]): void {
    for (let packet = this.#take(); packet; packet = this.#take()) this.#gather(packet, frames);
  }

  #take(): RecordedPacket | undefined {
    const packet = this.#next === undefined ? undefined : this.#waiting.get(this.#next);
    if (packet === undefined || this.#next === undefined) return undefined;
    this.#waiting.delete(this.#next);
    this.#next += 1;
    return packet;
  }

  #gather(packet: RecordedPacket, frames: Frame[]): void {
    const last = this.#gathered.at(-1);
    if (last && (last.timestamp !== packet.timestamp || last.epoch !== packet.epoch)) this.#finish(frames);
    if (packet.payload.length > 0) this.#gathered.push(packet);
    // Sound may come several packets to one marker; each of them is whole.
    if (packet.marker || packet.codec === 'opus') this.#finish(frames);
  }

  #finish(frames: Frame[]): void {
    const [first] = this.#gathered;
    const last = this.#gathered.at(-1);
    if (!first || !last) return;
    const facts = inspectPayload(first.codec, first.payload, 0, first.payload.length);
    const isKey = this.#gathered.some(startsGroup) && (facts & FRAME_START_BIT) !== 0;
    if (isKey) this.#isWhole = true;
    if (this.#isWhole) {
      const { codec, epoch, timestamp } = first;
      frames.push({
        codec,
        epoch,
        timestamp,
        isKey,
        payloads: this.#gathered.map(({ payload }) => payload),
        arrivedMs: last.arrivedMs,
      });
    } else {
      this.#lost += 1;
    }
    this.#gathered = [];
  }

  #hasWaitedLong(nowMs: number): boolean {
    if (this.#waiting.size === 0) return false;
    if (this.#waiting.size > MAX_WAITING) return true;
    // The first to come after the hole: maps keep that order.
    const [oldest] = this.#waiting.values();
    return oldest !== undefined && nowMs - oldest.arrivedMs > PATIENCE_MS;
  }

  /** What is missing is given up, and the picture it belonged to. */
  #skip(): void {
    this.#next = Math.min(...this.#waiting.keys());
    if (this.#gathered.length > 0) this.#lost += 1;
    this.#gathered = [];
    const isSound = this.#waiting.get(this.#next)?.codec === 'opus';
    if (!isSound) this.#isWhole = false;
  }
}

function startsGroup({ codec, payload }: RecordedPacket): boolean {
  return (inspectPayload(codec, payload, 0, payload.length) & GROUP_START_BIT) !== 0;
}
