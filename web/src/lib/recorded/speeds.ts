/** How fast a recording may play, the slowest one first. */
export const SPEEDS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The one beside it, so many steps away, or the last there is. */
export function speedBeside(speed: number, steps: number): number {
  const at = SPEEDS.indexOf(speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + steps))] ?? 1;
}
