import type { Layer } from './layer.ts';
import { TOP } from './layer-facts.ts';
import type { Packet, Vp8Ids } from './packet.ts';
import { type Cut, Renumbering } from './renumbering.ts';

/**
 * A layer up to one of its spatial and one of its temporal layers: a stream of its own, whose packets are those of the
 * layer with numbers without holes. Shared by all viewers who are sent it. `whole`: with nothing left out.
 */
export class OperatingPoint {
  readonly layer: Layer;
  /** `TOP`: however many there are. */
  readonly spatialId: number;
  readonly temporalId: number;
  readonly #numbers = new Renumbering();
  /** The source number up to which it is settled what is left out. */
  #next = 0;
  #lastTimestamp = -1;

  constructor(layer: Layer, spatialId: number, temporalId: number) {
    this.layer = layer;
    this.spatialId = spatialId;
    this.temporalId = temporalId;
  }

  get isWhole(): boolean {
    return this.spatialId === TOP && this.temporalId === TOP;
  }

  /** The same picture as seldom as it can be. */
  get least(): OperatingPoint {
    return this.layer.points.at(this.spatialId, 0);
  }

  /**
   * A packet of the layer as it is sent; `undefined` when it is left out. One that came so late that its place had been
   * kept fills it without a payload.
   */
  take(packet: Packet): Packet | undefined {
    if (this.isWhole) return packet;
    this.#settleUpTo(packet.extSeq);
    if (this.#includes(packet)) return this.place(packet);
    return this.#numbers.has(packet.extSeq) ? this.#filler(packet) : undefined;
  }

  /** What went out under a number, as long as it is cached. */
  get(number: number): Packet | undefined {
    if (this.isWhole) return this.layer.cache.get(number);
    const source = this.#numbers.sourceOf(number);
    const packet = source === undefined ? undefined : this.layer.cache.get(source);
    return packet && this.take(packet);
  }

  /** A packet with the numbers of its place, whether or not it is left out; `undefined` when that is long ago. */
  place(packet: Packet): Packet | undefined {
    if (this.isWhole) return packet;
    this.#settleUpTo(packet.extSeq - 1);
    const cut = this.#numbers.cutBefore(packet.extSeq);
    if (!cut) return undefined;
    const { layering } = packet;
    // The picture ends with the highest layer that is left of it.
    const marker = packet.marker || (layering?.isLayerEnd === true && layering.spatialId === this.spatialId);
    return {
      ...packet,
      extSeq: packet.extSeq - cut.packets,
      marker,
      offset: marker ? packet.endOffset : packet.offset,
      vp8: packet.vp8 && shifted(packet.vp8, cut),
    };
  }

  #filler(packet: Packet): Packet | undefined {
    const placed = this.place(packet);
    const nothing = { length: 0, marker: false, isFrameStart: false, isGroupStart: false, vp8: undefined };
    return placed && { ...placed, ...nothing };
  }

  #includes({ layering }: Packet): boolean {
    return !layering || (layering.spatialId <= this.spatialId && layering.temporalId <= this.temporalId);
  }

  #settleUpTo(extSeq: number): void {
    const { cache } = this.layer;
    for (let seq = Math.max(this.#next, extSeq - cache.slots + 1); seq <= extSeq; seq += 1) {
      const packet = cache.get(seq);
      if (!packet || this.#includes(packet)) continue;
      this.#numbers.leaveOut(seq, packet.timestamp !== this.#lastTimestamp);
      this.#lastTimestamp = packet.timestamp;
    }
    this.#next = Math.max(this.#next, extSeq + 1);
  }
}

function shifted(ids: Vp8Ids, { pictures }: Cut): Vp8Ids {
  if (ids.pictureId < 0) return ids;
  return { ...ids, pictureId: (ids.pictureId - pictures) & (ids.pictureIdBits === 15 ? 0x7fff : 0x7f) };
}
