/** Arithmetic of 32-bit sequence numbers that wrap (RFC 1982, RFC 9260 section 1.6). */

export function next(tsn: number): number {
  return (tsn + 1) >>> 0;
}

export function previous(tsn: number): number {
  return (tsn - 1) >>> 0;
}

/** How many steps lead from one to the other. */
export function distance(from: number, to: number): number {
  return (to - from) >>> 0;
}

export function isAfter(tsn: number, other: number): boolean {
  const steps = distance(other, tsn);
  return steps !== 0 && steps < 0x8000_0000;
}
