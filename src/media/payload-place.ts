import { ended, joined } from './codecs/av1-layers.ts';
import type { PacketInput } from './layer.ts';
import type { Packet } from './packet.ts';
import type { PacketCache } from './packet-cache.ts';

/** Where the payload of a packet is kept. */
export type PayloadPlace = Pick<Packet, 'position' | 'offset' | 'endOffset' | 'length'>;

/** Writes a payload as viewers get it. `undefined`: it is larger than the whole memory. */
export function keepPayload(cache: PacketCache, input: PacketInput, extSeq: number): PayloadPlace | undefined {
  const { bytes, start, end } = input;
  const isLayered = input.codec === 'av1' && input.layering !== undefined;
  return isLayered ? keepJoined(cache, input, extSeq) : keep(cache, bytes, start, end);
}

function keepJoined(cache: PacketCache, input: PacketInput, extSeq: number): PayloadPlace | undefined {
  const { bytes, start, end, layering, marker, timestamp } = input;
  const before = cache.get(extSeq - 1);
  const isFirst = before ? before.timestamp !== timestamp : layering?.spatialId === 0;
  const isContinued = layering?.isLayerStart === true && !isFirst;
  const goesOn = layering?.isLayerEnd === true && !marker;
  const payload = joined(bytes.subarray(start, end), { isContinued, goesOn });
  const place = keep(cache, payload, 0, payload.length);
  if (!place || !goesOn) return place;
  // Viewers of this layer and no higher one get it as the end of the picture.
  const endPosition = cache.write(ended(payload), 0, payload.length);
  return { ...place, endOffset: cache.offsetOf(endPosition) };
}

function keep(cache: PacketCache, bytes: Uint8Array, start: number, end: number): PayloadPlace | undefined {
  const position = cache.write(bytes, start, end);
  if (position < 0) return undefined;
  const offset = cache.offsetOf(position);
  return { position, offset, endOffset: offset, length: end - start };
}
