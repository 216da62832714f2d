import { expect, test } from 'vitest';
import { PictureWatch } from '../../web/src/lib/player/picture-watch.ts';

test('a picture stands still after a second and a half without another, and no longer with the next', () => {
  const watch = new PictureWatch();
  const seen = [0, 30, 60, 60, 60, 60, 61, 61].map((decoded, index) => watch.isStill(decoded, index * 500));
  expect(seen).toEqual([false, false, false, false, false, true, false, false]);
});

test('another connection, which counts anew, is another picture', () => {
  const watch = new PictureWatch();
  watch.isStill(500, 0);
  expect(watch.isStill(3, 5000)).toBe(false);
  expect(watch.isStill(3, 6500)).toBe(true);
});
