/** What an encoder made at one setting. */
export interface QualityPoint {
  readonly bitrateBps: number;
  /** Structural similarity with the source, from 0 to 1. */
  readonly ssim: number;
}

/** As decibels of what is lost: equal steps look about equal, near 1 too. */
export function ssimDb({ ssim }: Pick<QualityPoint, 'ssim'>): number {
  return -10 * Math.log10(1 - ssim);
}

/**
 * Bjøntegaard's delta: how much more bitrate `tested` takes than `reference` for the same quality, as a share, on average
 * over the qualities that both reach. -0.3: 30 % less. Between points the logarithm of the bitrate is taken as straight.
 * `undefined` where they have no quality in common.
 */
export function bdRate(reference: readonly QualityPoint[], tested: readonly QualityPoint[]): number | undefined {
  const [one, other] = [curveOf(reference), curveOf(tested)];
  const from = Math.max(one[0]?.db ?? Number.NaN, other[0]?.db ?? Number.NaN);
  const to = Math.min(one.at(-1)?.db ?? Number.NaN, other.at(-1)?.db ?? Number.NaN);
  if (!(from < to)) return undefined;
  const knots = [from, ...[...one, ...other].map(({ db }) => db).filter((db) => db > from && db < to), to];
  const sorted = knots.toSorted((a, b) => a - b);
  const apart = (db: number) => rateAt(other, db) - rateAt(one, db);
  const area = sorted.slice(1).reduce((sum, db, index) => {
    const before = sorted[index] ?? db;
    return sum + ((apart(before) + apart(db)) / 2) * (db - before);
  }, 0);
  return Math.exp(area / (to - from)) - 1;
}

interface Knot {
  readonly db: number;
  readonly logRate: number;
}

/** By quality; a point that is no better for more bits says nothing. */
function curveOf(points: readonly QualityPoint[]): readonly Knot[] {
  const curve: Knot[] = [];
  for (const point of points.toSorted((a, b) => a.bitrateBps - b.bitrateBps)) {
    const knot = { db: ssimDb(point), logRate: Math.log(point.bitrateBps) };
    if (knot.db > (curve.at(-1)?.db ?? Number.NEGATIVE_INFINITY)) curve.push(knot);
  }
  return curve;
}

/** `db` within the curve. */
function rateAt(curve: readonly Knot[], db: number): number {
  const after = Math.max(
    1,
    curve.findIndex((knot) => knot.db >= db),
  );
  const [low, high] = [curve[after - 1], curve[after]];
  if (!low || !high) return low?.logRate ?? 0;
  return low.logRate + ((high.logRate - low.logRate) * (db - low.db)) / (high.db - low.db);
}
