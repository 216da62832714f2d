const COMMON = [5, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60] as const;
const HIGHEST = 60;

/** The usual rate that shows all of so many pictures: what comes at irregular times is encoded at regular ones. */
export function frameRateOf(frames: number, seconds: number): number {
  const measured = seconds > 0 ? frames / seconds : 0;
  return COMMON.find((rate) => rate >= measured * 0.97) ?? HIGHEST;
}
