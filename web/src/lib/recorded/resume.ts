const STORED_AS = 'watched';
const MOST = 100;
/** Who left this early has seen nothing, and who left this late has seen it all. */
const MARGIN_S = 10;
const MARGIN_SHARE = 0.05;

type Watched = readonly (readonly [id: string, positionS: number])[];

/** Where this browser left a recording, or the start. */
export function leftAt(id: string): number {
  return read().find(([known]) => known === id)?.[1] ?? 0;
}

/** Remembers the last hundred. */
export function leave(id: string, positionS: number, durationS: number): void {
  const others = read().filter(([known]) => known !== id);
  const marginS = Math.min(MARGIN_S, durationS * MARGIN_SHARE);
  const isWithin = positionS > marginS && positionS < durationS - marginS;
  write(isWithin ? [...others, [id, Math.floor(positionS)] as const].slice(-MOST) : others);
}

function read(): Watched {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '[]');
    return Array.isArray(value) ? value.filter(isEntry) : [];
  } catch {
    // Rendering on the server, or storage is forbidden.
    return [];
  }
}

function isEntry(value: unknown): value is Watched[number] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

function write(watched: Watched): void {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(watched));
  } catch {
    // Not remembered, then.
  }
}
