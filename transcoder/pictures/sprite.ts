import type { TileSize } from './picture-args.ts';

const MOST_TILES = 100;
const COLUMNS = 10;
const TILE_SIDE = 160;
/** Between tiles, in seconds: what people find even. */
const STEPS = [2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600] as const;

/** A stretch of a recording with pictures in it, on the recording's own time, where its parts follow each other. */
export interface Stretch {
  readonly file: string;
  readonly startSeconds: number;
  readonly seconds: number;
}

export interface Tile {
  readonly file: string;
  /** From the beginning of its file. */
  readonly seconds: number;
  /** On the recording's own time. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What is shown for which seconds: evenly, up to a hundred tiles, and one at least where there is a picture at all. */
export function tilesOf(stretches: readonly Stretch[]): readonly Tile[] {
  const total = stretches.reduce((sum, { seconds }) => sum + seconds, 0);
  const step =
    STEPS.find((seconds) => count(stretches, seconds) <= MOST_TILES) ?? total / (MOST_TILES - stretches.length);
  return stretches
    .flatMap(({ file, startSeconds, seconds }) =>
      Array.from({ length: Math.max(1, Math.ceil(seconds / step)) }, (_, index) => ({
        file,
        seconds: index * step,
        fromSeconds: startSeconds + index * step,
        toSeconds: startSeconds + Math.min((index + 1) * step, seconds),
      })),
    )
    .slice(0, MOST_TILES);
}

export function gridOf(tiles: number): { readonly columns: number; readonly rows: number } {
  const columns = Math.min(COLUMNS, Math.max(1, tiles));
  return { columns, rows: Math.max(1, Math.ceil(tiles / columns)) };
}

/** The longer side is as long as it may be; both are even, as encoders want them. */
export function tileSize({ width, height }: { width: number | null; height: number | null }): TileSize {
  if (!width || !height) return { width: TILE_SIDE, height: (TILE_SIDE * 9) / 16 };
  const scale = TILE_SIDE / Math.max(width, height);
  const even = (side: number) => Math.max(16, Math.round((side * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

/** WebVTT whose cues name a part of the sheet (Media Fragments, `xywh`). */
export function spriteVtt(tiles: readonly Tile[], { width, height }: TileSize, sheet: string): string {
  const { columns } = gridOf(tiles.length);
  const cues = tiles.map(({ fromSeconds, toSeconds }, index) => {
    const place = [(index % columns) * width, Math.floor(index / columns) * height, width, height];
    return `${timeOf(fromSeconds)} --> ${timeOf(toSeconds)}\n${sheet}#xywh=${place.join(',')}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function count(stretches: readonly Stretch[], step: number): number {
  return stretches.reduce((sum, { seconds }) => sum + Math.max(1, Math.ceil(seconds / step)), 0);
}

function timeOf(seconds: number): string {
  const ms = Math.round(seconds * 1_000);
  const part = (of: number, per: number, digits = 2) => String(Math.floor(ms / of) % per).padStart(digits, '0');
  return `${part(3_600_000, 1_000)}:${part(60_000, 60)}:${part(1_000, 60)}.${part(1, 1_000, 3)}`;
}
