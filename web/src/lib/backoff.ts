const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before try `attempt` (0 is the first repetition): doubling, half of it by chance so that a crowd spreads out. */
export function backoffMs(attempt: number, random = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return ceiling * (0.5 + random() / 2);
}
