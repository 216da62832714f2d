/** What a recording may be offered in: the shorter side, and what AV1 takes for it. As `src/renditions/rungs.ts` has them. */
export interface Rung {
  readonly height: number;
  readonly bitrateBps: number;
}

export const RUNGS: readonly Rung[] = [
  { height: 1080, bitrateBps: 2_500_000 },
  { height: 720, bitrateBps: 1_200_000 },
  { height: 480, bitrateBps: 600_000 },
  { height: 360, bitrateBps: 350_000 },
  { height: 240, bitrateBps: 180_000 },
];

/** None above the source. */
export function rungsBelow(
  parts: readonly { readonly width: number | null; readonly height: number | null }[],
): readonly Rung[] {
  const shorter = Math.max(...parts.map(({ width, height }) => Math.min(width ?? 0, height ?? 0)));
  return RUNGS.filter(({ height }) => height <= shorter);
}
