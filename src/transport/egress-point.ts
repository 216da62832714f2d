import type { Layer } from '../media/layer.ts';
import { nextPoint } from '../media/next-point.ts';
import type { OperatingPoint } from '../media/operating-point.ts';
import type { Packet } from '../media/packet.ts';
import type { Replay, Rewriter } from '../media/rewriter.ts';
import { PacketBatch } from './packet-batch.ts';

/** What of its layer one track of a viewer is sent, and how it comes to more or less of it. */
export class EgressPoint {
  readonly #rewriter: Rewriter;
  readonly #send: (batch: PacketBatch, nowMs: number) => void;
  /** What is sent, and what is to be. */
  #present: OperatingPoint | undefined;
  #target: OperatingPoint | undefined;
  #firstSeq = 0;

  /** `send`: takes packets with their numbers of the present point. */
  constructor(options: { rewriter: Rewriter; send: (batch: PacketBatch, nowMs: number) => void }) {
    this.#rewriter = options.rewriter;
    this.#send = options.send;
  }

  get present(): OperatingPoint | undefined {
    return this.#present;
  }

  /** This much, from the next safe place on. True when that takes a keyframe, which then has to be asked for. */
  limit(point: OperatingPoint): boolean {
    const isNew = point !== this.#target;
    this.#target = point;
    return isNew && this.#present?.layer === point.layer && point.spatialId > this.#present.spatialId;
  }

  /** What is to be sent of a layer. */
  targetOf(layer: Layer): OperatingPoint {
    return this.#target?.layer === layer ? this.#target : layer.points.whole;
  }

  /** `first`: as `point` has it. */
  begin(first: Packet, point: OperatingPoint, replay?: Replay): void {
    this.#rewriter.switchTo(first, point, replay);
    this.#present = point;
    this.#firstSeq = first.extSeq;
  }

  /** New packets of the present layer. */
  take(batch: PacketBatch, nowMs: number): void {
    const target = this.#target;
    if (!this.#present) return;
    if (target && target !== this.#present && target.layer === batch.layer) this.#takeAcross(batch, target, nowMs);
    else this.#takeFrom(batch.at(this.#present), nowMs);
  }

  /** Up to where the viewer can come nearer to `target` as before, and from there on as much as he can have. */
  #takeAcross(batch: PacketBatch, target: OperatingPoint, nowMs: number): void {
    let taken = 0;
    for (const [index, packet] of batch.packets.entries()) {
      const before = this.#present;
      const next = before && nextPoint(before, target, packet);
      if (!next || next === before) continue;
      this.#takeSome(batch, before, taken, index, nowMs);
      const [placed, placedBefore] = [next.place(packet), before.place(packet)];
      taken = index;
      // What comes late belongs to what was before.
      if (!placed || !placedBefore || this.#rewriter.seqOf(placedBefore) <= this.#rewriter.highestOut) continue;
      this.#rewriter.goOn(placed, placedBefore, next);
      this.#present = next;
      this.#firstSeq = placed.extSeq;
    }
    if (this.#present) this.#takeSome(batch, this.#present, taken, batch.packets.length, nowMs);
  }

  #takeSome(batch: PacketBatch, point: OperatingPoint, from: number, to: number, nowMs: number): void {
    if (from === to) return;
    const isAll = from === 0 && to === batch.packets.length;
    const some = isAll ? batch : new PacketBatch(batch.layer, batch.packets.slice(from, to));
    this.#takeFrom(some.at(point), nowMs);
  }

  // What came late from before the start has no number of its own in this viewer's stream.
  #takeFrom(batch: PacketBatch, nowMs: number): void {
    const firstSeq = this.#firstSeq;
    if (batch.lowestSeq >= firstSeq) {
      this.#send(batch, nowMs);
      return;
    }
    const packets = batch.packets.filter(({ extSeq }) => extSeq >= firstSeq);
    if (packets.length > 0) this.#send(new PacketBatch(batch.layer, packets), nowMs);
  }
}
