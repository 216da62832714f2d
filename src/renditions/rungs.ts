/** Sizes that a picture is offered in, by its shorter side as people call them (720p), with what AV1 takes for each. */

export interface Rung {
  /** Of the shorter side. */
  readonly height: number;
  readonly bitrateBps: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const RUNGS: readonly Rung[] = [
  { height: 1080, bitrateBps: 2_500_000 },
  { height: 720, bitrateBps: 1_200_000 },
  { height: 480, bitrateBps: 600_000 },
  { height: 360, bitrateBps: 350_000 },
  { height: 240, bitrateBps: 180_000 },
];

const SMALLEST_BPS = 100_000;

/** Those of `wanted` that are not above the source, tallest first. A source below all of ours has one of its own size. */
export function rungsFor(source: Size, wanted: readonly Rung[] = RUNGS): readonly Rung[] {
  const shorter = even(Math.min(source.width, source.height));
  const fitting = wanted.filter(({ height }) => height <= shorter).sort((a, b) => b.height - a.height);
  if (fitting.length > 0 || wanted !== RUNGS) return fitting;
  return [{ height: shorter, bitrateBps: SMALLEST_BPS }];
}

/** What there is to choose from where the pictures of a recording have these sizes: none above the largest. */
export function rungsToChoose(sizes: readonly Size[]): readonly Rung[] {
  const shorter = Math.max(...sizes.map(({ width, height }) => Math.min(width, height)));
  return RUNGS.filter(({ height }) => height <= shorter);
}

/** The picture of a rung: in the shape of the source, with even sides as encoders want them. */
export function sizeOf({ height: shorter }: Pick<Rung, 'height'>, source: Size): Size {
  const scale = shorter / Math.min(source.width, source.height);
  return { width: even(source.width * scale), height: even(source.height * scale) };
}

function even(side: number): number {
  return Math.max(2, 2 * Math.round(side / 2));
}
