import type { LayerStats } from './ports.ts';

const BITRATE_EVERY_MS = 10_000;

/**
 * When listeners hear of a stream's layers: at once when one comes, goes or changes its size, else now and then, since
 * bitrates never stand still and there may be thousands of listeners.
 */
export class LayerNews {
  #told = '[]';
  #toldMs = Number.NEGATIVE_INFINITY;

  /** Whether to tell now; it then counts as told. */
  isDue(layers: readonly LayerStats[], nowMs: number): boolean {
    const shape = JSON.stringify(layers.map(shapeOf));
    if (shape === this.#told && (layers.length === 0 || nowMs - this.#toldMs < BITRATE_EVERY_MS)) return false;
    this.#told = shape;
    this.#toldMs = nowMs;
    return true;
  }
}

function shapeOf({ rid, width, height, spatialLayerId, temporalLayerId, bitrateBps }: LayerStats) {
  return [rid, width, height, spatialLayerId, temporalLayerId, bitrateBps > 0];
}
