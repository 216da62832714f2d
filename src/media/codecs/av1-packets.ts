import { concat } from '../bytes.ts';
import { CONTINUES_BIT, leb128, NEW_SEQUENCE_BIT, readLeb128 } from './av1.ts';

/** "RTP Payload Format For AV1" (section 4): from the OBUs of one picture to the payloads of its packets. */
const GOES_ON_BIT = 0x40;
const COUNT_SHIFT = 4;
const MAX_COUNT = 3;

const TYPE_SHIFT = 3;
const TYPE_MASK = 0x0f;
const EXTENSION_BIT = 0x04;
const HAS_SIZE_BIT = 0x02;
const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const TILE_LIST = 8;
const PADDING = 15;
/** Not to be sent, and nobody misses padding. */
const LEFT_OUT = new Set([TEMPORAL_DELIMITER, TILE_LIST, PADDING]);
// Less would not hold an element with its size.
const MIN_PAYLOAD = 16;

/**
 * The payloads of one temporal unit as encoders write it: OBUs that say their sizes. None where it is malformed or empty.
 * All but the last are `maxBytes` long, or a byte less.
 */
export function av1Payloads(unit: Uint8Array, maxBytes: number): Uint8Array[] {
  if (maxBytes < MIN_PAYLOAD) throw new RangeError(`a payload of AV1 takes ${MIN_PAYLOAD} bytes at least`);
  const obus = obusOf(unit);
  if (!obus || obus.length === 0) return [];
  const isNewSequence = obus.some((obu) => typeOf(obu) === SEQUENCE_HEADER);
  return packed(obus, maxBytes).map((packet, index) => {
    const isFirst = index === 0;
    return payloadOf(packet, isFirst && isNewSequence);
  });
}

/** What goes into one packet. */
interface Packet {
  readonly elements: Uint8Array[];
  readonly isContinued: boolean;
  goesOn: boolean;
}

/** Fills packet after packet; an OBU goes on in the next one where it does not fit. */
function packed(obus: readonly Uint8Array[], maxBytes: number): Packet[] {
  let packet: Packet = { elements: [], isContinued: false, goesOn: false };
  let room = maxBytes - 1;
  const packets = [packet];
  for (const obu of obus) {
    for (let rest = obu; rest.length > 0; ) {
      const taken = Math.min(rest.length, largestElement(room));
      if (taken > 0) {
        packet.elements.push(rest.subarray(0, taken));
        room -= taken + leb128Bytes(taken);
        rest = rest.subarray(taken);
      }
      if (rest.length === 0) continue;
      const isCut = rest.length < obu.length;
      packet.goesOn = isCut;
      packet = { elements: [], isContinued: isCut, goesOn: false };
      packets.push(packet);
      room = maxBytes - 1;
    }
  }
  return packets;
}

/** Counted where it can be, as the last element then needs no size. */
function payloadOf({ elements, isContinued, goesOn }: Packet, isNewSequence: boolean): Uint8Array {
  const count = elements.length <= MAX_COUNT ? elements.length : 0;
  const header =
    (isContinued ? CONTINUES_BIT : 0) |
    (goesOn ? GOES_ON_BIT : 0) |
    (count << COUNT_SHIFT) |
    (isNewSequence ? NEW_SEQUENCE_BIT : 0);
  const parts = elements.flatMap((element, index) =>
    index === count - 1 ? [element] : [Uint8Array.from(leb128(element.length)), element],
  );
  return concat([Uint8Array.of(header), ...parts]);
}

/** The OBUs that are sent, without their size fields; `undefined` where sizes and bytes do not agree. */
function obusOf(unit: Uint8Array): Uint8Array[] | undefined {
  const obus: Uint8Array[] = [];
  for (let at = 0; at < unit.length; ) {
    const header = unit[at] ?? 0;
    const headBytes = (header & EXTENSION_BIT) === 0 ? 1 : 2;
    if ((header & HAS_SIZE_BIT) === 0) return undefined;
    const size = readLeb128(unit, at + headBytes, unit.length);
    if (!size || size.next + size.value > unit.length) return undefined;
    const end = size.next + size.value;
    if (!LEFT_OUT.has(typeOf(unit.subarray(at)))) {
      const head = unit.slice(at, at + headBytes);
      head[0] = header & ~HAS_SIZE_BIT;
      obus.push(concat([head, unit.subarray(size.next, end)]));
    }
    at = end;
  }
  return obus;
}

function typeOf(obu: Uint8Array): number {
  return ((obu[0] ?? 0) >> TYPE_SHIFT) & TYPE_MASK;
}

/** Bytes of an element that fits with its size. */
function largestElement(room: number): number {
  const bytes = room - leb128Bytes(room);
  return Math.max(0, bytes);
}

function leb128Bytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
}
