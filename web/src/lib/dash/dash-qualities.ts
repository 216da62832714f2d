import { type Quality, sizeLabel } from '../player/qualities.ts';

/** A track as Shaka tells of it: one picture together with one sound. */
export interface Variant {
  readonly id: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly bandwidth: number;
}

/** The best one first; without a picture there is nothing to choose. */
export function variantsOf(variants: readonly Variant[]): Quality[] {
  return variants
    .flatMap(({ id, width, height, bandwidth }) =>
      width && height ? [{ key: String(id), label: sizeLabel(width, height), wish: {}, bitrateBps: bandwidth }] : [],
    )
    .toSorted((a, b) => b.bitrateBps - a.bitrateBps);
}
