import { expect, test } from 'vitest';
import { RUNGS as ofServer } from '../../../src/renditions/rungs.ts';
import { RUNGS, rungsBelow } from '../../../web/src/lib/recorded/rungs.ts';

test('the dashboard offers what the transcoder makes by itself', () => {
  expect(RUNGS).toEqual(ofServer);
});

test.each([
  [[{ width: 1280, height: 720 }], [720, 480, 360, 240]],
  [[{ width: 360, height: 640 }], [360, 240]],
  [
    [
      { width: 640, height: 360 },
      { width: 1920, height: 1080 },
    ],
    [1080, 720, 480, 360, 240],
  ],
  [[{ width: null, height: null }], []],
  [[], []],
])('of %j there is nothing above the source', (parts, heights) => {
  expect(rungsBelow(parts).map(({ height }) => height)).toEqual(heights);
});
