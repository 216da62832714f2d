/** Where a packet stands among the spatial and temporal layers of its stream. */
export interface LayerFacts {
  readonly spatialId: number;
  readonly temporalId: number;
  /** The first packet of its picture in its spatial layer, and the last one. */
  readonly isLayerStart: boolean;
  readonly isLayerEnd: boolean;
  /**
   * Who follows the temporal layers up to `riseFrom` may from this picture on follow those up to `riseTo`. Of no use
   * where `riseTo` is not the higher one.
   */
  readonly riseFrom: number;
  readonly riseTo: number;
}

/** All there can be: above any layer. */
export const TOP = 255;
