import { expect, it } from 'vitest';
import { squareOf, within } from '../../web/src/lib/picture-cut.ts';

const BOUNDS = { width: 1280, height: 720 };

it.each([
  [4000, 3000, 960, 720],
  [1280, 720, 1280, 720],
  [300, 200, 300, 200],
  [5000, 100, 1280, 26],
  [9000, 1, 1280, 1],
])('a picture of %i × %i is drawn whole as %i × %i', (width, height, drawnWidth, drawnHeight) => {
  expect(within({ width, height }, BOUNDS)).toEqual({
    width: drawnWidth,
    height: drawnHeight,
    from: { x: 0, y: 0, width, height },
  });
});

it.each([
  [1000, 600, 512, { x: 200, y: 0, width: 600, height: 600 }],
  [600, 1001, 512, { x: 0, y: 200, width: 600, height: 600 }],
  [64, 48, 48, { x: 8, y: 0, width: 48, height: 48 }],
])('of one of %i × %i the square in its middle is taken, %i wide', (width, height, side, from) => {
  expect(squareOf({ width, height }, 512)).toEqual({ width: side, height: side, from });
});
