import type { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import { ReplayPacer } from './replay-pacer.ts';

// Chunks are a millisecond apart at least: some 30 KB each, so that no receive buffer overflows.
const CHUNK_PACKETS = 24;
const MAX_BYTES = 3 * 1024 * 1024;

/** A layer's cached group of pictures on its way to one viewer: from its keyframe on, at the pace of his link. */
export class GroupReplay {
  readonly #pacer = new ReplayPacer();
  #cursor = 0;
  /** Of the keyframe. */
  #pictureEndSeq = 0;

  /** `start`: the first packet of the layer's group. `linkBps`: what the viewer's link carries, as far as is known. */
  begin(start: Packet, linkBps: number, nowMs: number): void {
    const { layer } = start;
    const picture = layer.cache.pictureFrom(start);
    const ageMs = nowMs - layer.groupStartedMs;
    this.#pacer.begin({ layerBps: layer.bitrateBps(nowMs), pictureBytes: picture.bytes, ageMs, linkBps }, nowMs);
    this.#cursor = start.extSeq;
    this.#pictureEndSeq = picture.endSeq;
  }

  /** How long it takes until the viewer has all of the layer's group, and what comes meanwhile. */
  catchUpMs(layer: Layer): number {
    return this.#pacer.catchUpMs(layer.groupBytes);
  }

  /** The next chunk; empty as long as the link is busy with the one before. */
  next(layer: Layer, epoch: number, nowMs: number): Packet[] {
    const packets: Packet[] = [];
    const allowed = this.#pacer.allowance(nowMs, layer.bitrateBps(nowMs));
    const { newestSeq } = layer.cache;
    let bytes = 0;
    for (; packets.length < CHUNK_PACKETS && bytes < allowed && this.#cursor <= newestSeq; this.#cursor += 1) {
      const packet = layer.cache.get(this.#cursor);
      // A sender that restarts meanwhile has other timestamps, and numbers far from these.
      if (packet?.epoch !== epoch) continue;
      packets.push(packet);
      bytes += packet.length;
    }
    this.#pacer.sent(bytes);
    return packets;
  }

  hasAll(layer: Layer): boolean {
    return this.#cursor > layer.cache.newestSeq;
  }

  /**
   * The start of a group that began meanwhile, if one did: what is left of the older one would only make the viewer
   * later. He has a picture first.
   */
  newerStart(layer: Layer, epoch: number): Packet | undefined {
    if (this.#cursor < this.#pictureEndSeq) return undefined;
    const start = groupStart(layer);
    return start && start.extSeq > this.#cursor && start.epoch === epoch ? start : undefined;
  }

  goOnAt(start: Packet): void {
    this.#cursor = start.extSeq;
  }

  /** The viewer misses packets. */
  lost(roundTripMs: number, nowMs: number): void {
    this.#pacer.slowDown(roundTripMs, nowMs);
  }

  /** This much besides, again. */
  sent(bytes: number): void {
    this.#pacer.sent(bytes);
  }
}

/** Where a group begins that is neither older nor larger than can be made up for. */
export function freshStart(layer: Layer, maxAgeMs: number, nowMs: number): Packet | undefined {
  const isFresh = nowMs - layer.groupStartedMs <= maxAgeMs && layer.groupBytes <= MAX_BYTES;
  return isFresh ? groupStart(layer) : undefined;
}

function groupStart(layer: Layer): Packet | undefined {
  const start = layer.groupStart();
  return start === undefined ? undefined : layer.cache.get(start);
}
