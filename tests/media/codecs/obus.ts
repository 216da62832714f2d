/** The runs of whole OBUs in these payloads of AV1, as a receiver without the dependency descriptor sees them. */
export function obuRuns(payloads: readonly Uint8Array[]): number[][][] {
  const runs: number[][][] = [];
  let goesOn = false;
  for (const [header = 0, ...rest] of payloads) {
    if (header >> 7 !== Number(goesOn)) throw new Error('an OBU goes on that did not begin, or the other way round');
    const [first = [], ...others] = elementsOf(rest, (header >> 4) & 3);
    if (goesOn)
      runs
        .at(-1)
        ?.at(-1)
        ?.push(...first);
    else runs.push([[...first]]);
    runs.at(-1)?.push(...others);
    goesOn = (header & 0x40) !== 0;
  }
  if (goesOn) throw new Error('the last OBU is not whole');
  return runs;
}

function elementsOf(bytes: readonly number[], count: number): number[][] {
  const elements: number[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const isLast = elements.length === count - 1;
    const low = bytes[at] ?? 0;
    const [size, width] = low < 0x80 ? [low, 1] : [(low & 0x7f) | ((bytes[at + 1] ?? 0) << 7), 2];
    const [start, end] = isLast ? [at, bytes.length] : [at + width, at + width + size];
    elements.push(bytes.slice(start, end));
    at = end;
  }
  return elements;
}
