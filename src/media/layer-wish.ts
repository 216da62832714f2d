/** What tells the entries of a ladder apart. A layer without spatial or temporal parts has only number 0 of them. */
export interface LayerTraits {
  readonly rid?: string;
  /** Unknown until the first keyframe. */
  readonly width?: number;
  readonly height?: number;
  readonly spatialLayerId?: number;
  readonly temporalLayerId?: number;
}

/** What a viewer asks for: a certain layer, or at most so much. Empty: whatever his link carries. */
export interface LayerWish {
  readonly rid?: string | undefined;
  readonly spatialLayerId?: number | undefined;
  readonly temporalLayerId?: number | undefined;
  readonly maxSpatialLayerId?: number | undefined;
  readonly maxTemporalLayerId?: number | undefined;
  readonly maxWidth?: number | undefined;
  readonly maxHeight?: number | undefined;
}

/** `whole`: the wish takes nothing away. `absent`: what is asked for is not sent now, so all but the limits is open. */
export type WishOutcome = 'whole' | 'pinned' | 'capped' | 'absent';

/** What is left of a ladder; never empty where the ladder is not. */
export interface Permitted<O> {
  readonly ladder: readonly O[];
  readonly outcome: WishOutcome;
}

export function isPermitted(layer: LayerTraits, wish: LayerWish): boolean {
  return isAskedFor(layer, wish) && isWithinLimits(layer, wish);
}

/** Narrows a ladder, from the least to the best, down to what a viewer asks for. */
export function permitted<O extends LayerTraits>(ladder: readonly O[], wish: LayerWish): Permitted<O> {
  const fitting = ladder.filter((layer) => isPermitted(layer, wish));
  if (fitting.length > 0 && isPin(wish)) return { ladder: fitting, outcome: 'pinned' };
  if (fitting.length > 0) return { ladder: fitting, outcome: fitting.length < ladder.length ? 'capped' : 'whole' };
  const limited = ladder.filter((layer) => isWithinLimits(layer, wish));
  // Where all is more than was allowed, the least of it is nearest to what was meant.
  const next = limited.length > 0 ? limited : ladder.slice(0, 1);
  return { ladder: next, outcome: isPin(wish) ? 'absent' : 'capped' };
}

function isPin({ rid, spatialLayerId, temporalLayerId }: LayerWish): boolean {
  return rid !== undefined || spatialLayerId !== undefined || temporalLayerId !== undefined;
}

function isAskedFor(layer: LayerTraits, wish: LayerWish): boolean {
  const { rid = layer.rid, spatialLayerId, temporalLayerId } = wish;
  return (
    rid === layer.rid &&
    (spatialLayerId === undefined || spatialLayerId === (layer.spatialLayerId ?? 0)) &&
    (temporalLayerId === undefined || temporalLayerId === (layer.temporalLayerId ?? 0))
  );
}

function isWithinLimits(layer: LayerTraits, wish: LayerWish): boolean {
  const { maxSpatialLayerId, maxTemporalLayerId, maxWidth, maxHeight } = wish;
  return (
    isAtMost(layer.spatialLayerId, maxSpatialLayerId) &&
    isAtMost(layer.temporalLayerId, maxTemporalLayerId) &&
    isAtMost(layer.width, maxWidth) &&
    isAtMost(layer.height, maxHeight)
  );
}

function isAtMost(value = 0, limit = Number.POSITIVE_INFINITY): boolean {
  return value <= limit;
}
