import type { LayerStats } from '../media/stats.ts';

const KEPT_MS = 60_000;

/** When keyframes came, as it shows in measurements of each second. */
export class KeyframeHistory {
  #count = 0;
  #lastMs: number | undefined;
  #gaps: { readonly atMs: number; readonly gapMs: number }[] = [];

  measured(layer: LayerStats, nowMs: number): void {
    this.#gaps = this.#gaps.filter(({ atMs }) => nowMs - atMs <= KEPT_MS);
    if (layer.keyframes === this.#count) return;
    this.#count = layer.keyframes;
    this.#lastMs = nowMs;
    const gapMs = layer.keyframeIntervalMs;
    if (gapMs !== undefined) this.#gaps.push({ atMs: nowMs, gapMs });
  }

  /** Of the last minute. Of several within a second only the last is known. */
  get intervalsMs(): readonly number[] {
    return this.#gaps.map(({ gapMs }) => gapMs);
  }

  /** 0 before there was one. */
  sinceLastMs(nowMs: number): number {
    return this.#lastMs === undefined ? 0 : nowMs - this.#lastMs;
  }
}
