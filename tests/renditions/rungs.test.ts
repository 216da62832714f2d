import { expect, it } from 'vitest';
import { rungsFor, rungsToChoose, sizeOf } from '#src/renditions/rungs.ts';

it.each([
  [1920, 1080, [1080, 720, 480, 360, 240]],
  [1280, 720, [720, 480, 360, 240]],
  [720, 1280, [720, 480, 360, 240]],
  [958, 539, [480, 360, 240]],
  [320, 180, [180]],
])('a picture of %i x %i is offered in no size above its own', (width, height, wanted) => {
  expect(rungsFor({ width, height }).map((rung) => rung.height)).toEqual(wanted);
});

it('of sizes that somebody asks for those above the source are left out, and the others come tallest first', () => {
  const wanted = [240, 1080, 480].map((height) => ({ height, bitrateBps: 100_000 }));
  expect(rungsFor({ width: 1280, height: 720 }, wanted).map(({ height }) => height)).toEqual([480, 240]);
  expect(rungsFor({ width: 160, height: 90 }, wanted)).toEqual([]);
});

it.each([
  [1280, 720, 480, { width: 854, height: 480 }],
  [720, 1280, 480, { width: 480, height: 854 }],
  [271, 481, 240, { width: 240, height: 426 }],
])('a picture of %i x %i keeps its shape at %i, with even sides', (width, height, rung, wanted) => {
  expect(sizeOf({ height: rung }, { width, height })).toEqual(wanted);
});

it.each([
  [[{ width: 1280, height: 720 }], [720, 480, 360, 240]],
  [[{ width: 360, height: 640 }], [360, 240]],
  [
    [
      { width: 640, height: 360 },
      { width: 1920, height: 1080 },
    ],
    [1080, 720, 480, 360, 240],
  ],
  [[{ width: 320, height: 180 }], []],
  [[], []],
])('of a recording with pictures of %j nothing is offered above the largest', (sizes, heights) => {
  expect(rungsToChoose(sizes).map(({ height }) => height)).toEqual(heights);
});
