import { expect, it } from 'vitest';
import { gridOf, spriteVtt, tileSize, tilesOf } from '../../../transcoder/pictures/sprite.ts';

const one = (seconds: number) => [{ file: 'a', startSeconds: 0, seconds }];

it.each([
  [0.4, 1, 0.4],
  [9, 5, 2],
  [200, 100, 2],
  [201, 41, 5],
  [3_600, 60, 60],
  [36_000, 60, 600],
  [400_000, 99, 400_000 / 99],
])('a recording of %s seconds has %i tiles, each for %s seconds at most', (seconds, count, step) => {
  const tiles = tilesOf(one(seconds));
  expect(tiles.length).toBeLessThanOrEqual(100);
  expect(tiles).toHaveLength(count);
  expect(tiles[0]).toMatchObject({ seconds: 0, fromSeconds: 0, toSeconds: Math.min(step, seconds) });
  expect(tiles.at(-1)?.toSeconds).toBeCloseTo(seconds);
});

it('parts follow each other on one time, and one without pictures leaves a gap', () => {
  const tiles = tilesOf([
    { file: 'a', startSeconds: 0, seconds: 3 },
    { file: 'b', startSeconds: 13, seconds: 2 },
  ]);
  expect(tiles).toEqual([
    { file: 'a', seconds: 0, fromSeconds: 0, toSeconds: 2 },
    { file: 'a', seconds: 2, fromSeconds: 2, toSeconds: 3 },
    { file: 'b', seconds: 0, fromSeconds: 13, toSeconds: 15 },
  ]);
});

it('more parts than tiles are cut off, not laid beside the sheet', () => {
  const parts = Array.from({ length: 150 }, (_, i) => ({ file: `${i}`, startSeconds: i, seconds: 1 }));
  expect(tilesOf(parts)).toHaveLength(100);
});

it.each([
  [
    { width: 1_920, height: 1_080 },
    { width: 160, height: 90 },
  ],
  [
    { width: 1_080, height: 1_920 },
    { width: 90, height: 160 },
  ],
  [
    { width: 4_000, height: 100 },
    { width: 160, height: 16 },
  ],
  [
    { width: null, height: null },
    { width: 160, height: 90 },
  ],
])('tiles of %o are %o', (size, expected) => {
  expect(tileSize(size)).toEqual(expected);
});

it.each([
  [1, { columns: 1, rows: 1 }],
  [10, { columns: 10, rows: 1 }],
  [11, { columns: 10, rows: 2 }],
  [100, { columns: 10, rows: 10 }],
])('%i tiles are laid out as %o', (tiles, grid) => {
  expect(gridOf(tiles)).toEqual(grid);
});

it('cues say which part of the sheet is for which seconds', () => {
  const tiles = tilesOf(one(3_670)).slice(0, 12);
  const lines = spriteVtt(tiles, { width: 160, height: 90 }, 'sprite.webp').split('\n');
  expect(lines.slice(0, 5)).toEqual(['WEBVTT', '', '00:00:00.000 --> 00:01:00.000', 'sprite.webp#xywh=0,0,160,90', '']);
  expect(lines).toContain('sprite.webp#xywh=160,90,160,90');
  expect(spriteVtt(tilesOf(one(3_670)), { width: 160, height: 90 }, 's')).toContain('01:00:00.000 --> 01:01:00.000');
});
