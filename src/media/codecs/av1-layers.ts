import { CONTINUES_BIT, leb128, NEW_SEQUENCE_BIT, readLeb128 } from './av1.ts';

// Of the aggregation header, besides: the last element goes on in the next packet, and how many elements there are.
const GOES_ON_BIT = 0x40;
const COUNT_BITS = 0x30;
const COUNT_SHIFT = 4;
const MAX_COUNT = 3;

/**
 * The spatial layers of an AV1 picture are told apart by the dependency descriptor. A receiver without it takes each run
 * of whole OBUs for a picture, so browsers show none. They become one run where the last OBU of a layer goes on in the
 * first packet of the next one, by a fragment of no bytes ("RTP Payload Format For AV1", section 4.4).
 */
export interface Joint {
  /** Begins with the rest of the layer before. */
  readonly isContinued: boolean;
  /** Goes on with the layer after it. */
  readonly goesOn: boolean;
}

/** A payload with these joints; the same bytes where it has them. */
export function joined(payload: Uint8Array, { isContinued, goesOn }: Joint): Uint8Array {
  const [header = 0] = payload;
  const begins = isContinued && (header & CONTINUES_BIT) === 0;
  const flagged = goesOn && (header & GOES_ON_BIT) === 0;
  if (payload.length < 2 || !(begins || flagged)) return payload;
  const made = begins ? continued(payload) : Uint8Array.from(payload);
  if (goesOn) made[0] = (made[0] ?? 0) | GOES_ON_BIT;
  return made;
}

/** The same payload as the last of a picture. */
export function ended(payload: Uint8Array): Uint8Array {
  const made = Uint8Array.from(payload);
  made[0] = (made[0] ?? 0) & ~GOES_ON_BIT;
  return made;
}

/**
 * With an empty element in front of the others. The header can count three, of which the last has no size. A
 * continuation begins no new sequence; browsers drop what says both.
 */
function continued(payload: Uint8Array): Uint8Array {
  const header = (payload[0] ?? 0) & ~NEW_SEQUENCE_BIT;
  const count = (header & COUNT_BITS) >> COUNT_SHIFT;
  const rest = payload.subarray(1);
  if (count < MAX_COUNT) {
    const counted = count === 0 ? header : header + (1 << COUNT_SHIFT);
    return Uint8Array.of(counted | CONTINUES_BIT, 0, ...rest);
  }
  const last = lastElement(rest, count);
  const size = leb128(rest.length - last);
  const uncounted = (header & ~COUNT_BITS) | CONTINUES_BIT;
  return Uint8Array.of(uncounted, 0, ...rest.subarray(0, last), ...size, ...rest.subarray(last));
}

/** Where the last of so many elements begins. */
function lastElement(elements: Uint8Array, count: number): number {
  let at = 0;
  for (let element = 1; element < count; element += 1) {
    const size = readLeb128(elements, at, elements.length);
    if (size === undefined) return elements.length;
    at = Math.min(elements.length, size.next + size.value);
  }
  return at;
}
