import type { FoundBlock, FoundTrack, MatroskaBlocks } from '#src/dash/matroska-blocks.ts';

const ENOUGH_FRAMES = 15;
const PATIENCE_MS = 700;

/** What has to be known of a feed before an encoder can be started for it. */
export interface OpenedFeed {
  readonly video: FoundTrack;
  readonly hasAudio: boolean;
  readonly firstMs: number;
  /** Pictures a second, by their times. */
  readonly rate: number;
}

/** Reads the beginning of a feed: its head, and as many pictures as tell their pace. */
export class FeedOpening {
  readonly #reader: MatroskaBlocks;
  readonly #pictures: number[] = [];
  #sinceMs: number | undefined;

  constructor(reader: MatroskaBlocks) {
    this.#reader = reader;
  }

  /** Blocks in, until it answers. */
  push(blocks: readonly FoundBlock[], nowMs: number): OpenedFeed | undefined {
    const { tracks } = this.#reader;
    const video = tracks.find(({ isVideo }) => isVideo);
    if (!video) return undefined;
    this.#pictures.push(...blocks.filter(({ track }) => track === video.number).map(({ ms }) => ms));
    const [firstMs] = this.#pictures;
    if (firstMs === undefined) return undefined;
    this.#sinceMs ??= nowMs;
    if (this.#pictures.length < ENOUGH_FRAMES && nowMs - this.#sinceMs < PATIENCE_MS) return undefined;
    return { video, hasAudio: tracks.some(({ isVideo }) => !isVideo), firstMs, rate: this.#rate() };
  }

  /** The middle one of all steps: a pause, or two pictures at once, say nothing of the pace. */
  #rate(): number {
    const steps = this.#pictures.slice(1).map((ms, index) => ms - (this.#pictures[index] ?? ms));
    const middle = steps.toSorted((one, other) => one - other)[Math.floor(steps.length / 2)] ?? 33;
    return 1_000 / Math.max(1, middle);
  }
}
