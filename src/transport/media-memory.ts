import { PacketCache } from '../media/packet-cache.ts';
import type { MediaKind } from '../media/plan.ts';
import { allocateMemory, type NativeMemory } from '../native/memory.ts';

// Video: some 13 s at 2.5 Mbit/s or 4 s at 8 Mbit/s, for groups of pictures to replay and packets to send again.
const SIZES = {
  video: { bytes: 4 * 1024 * 1024, slots: 8192 },
  audio: { bytes: 256 * 1024, slots: 1024 },
} as const;

/** Packet caches whose bytes OpenSSL reads in place. */
export class MediaMemory {
  readonly #memories = new WeakMap<PacketCache, NativeMemory>();

  createCache(kind: MediaKind): PacketCache {
    const { bytes, slots } = SIZES[kind];
    const memory = allocateMemory(bytes);
    const cache = new PacketCache({ bytes: memory.bytes, slots });
    this.#memories.set(cache, memory);
    return cache;
  }

  /** The address of `cache.bytes[0]`. */
  addressOf(cache: PacketCache): number {
    const memory = this.#memories.get(cache);
    if (!memory) throw new TypeError('This cache was not made here.');
    return memory.address;
  }
}
