import { expect, test } from 'vitest';
import { LiveEdge } from '../../../web/src/lib/dash/live-edge.ts';

const AHEAD = { aheadS: 2 };

test('who follows and is seconds behind is taken to the newest, once in a while', () => {
  const edge = new LiveEdge({ isFollowing: true });
  expect(edge.isLost({ lagS: 2.9, ...AHEAD, nowMs: 0 })).toBe(false);
  expect(edge.isLost({ lagS: 10, ...AHEAD, nowMs: 250 })).toBe(true);
  expect(edge.isLost({ lagS: 10, ...AHEAD, nowMs: 500 })).toBe(false);
  expect(edge.isLost({ lagS: 10, ...AHEAD, nowMs: 10_250 })).toBe(true);
});

test('where nothing is there to play yet, a jump would only make it stand longer', () => {
  const edge = new LiveEdge({ isFollowing: true });
  expect(edge.isLost({ lagS: 10, aheadS: 1, nowMs: 0 })).toBe(false);
  expect(edge.isLost({ lagS: 10, aheadS: 1.6, nowMs: 250 })).toBe(true);
});

test('who went back is left there, until he goes to the newest by himself', () => {
  const edge = new LiveEdge({ isFollowing: false });
  expect(edge.isFollowing).toBe(false);
  expect(edge.isLost({ lagS: 600, ...AHEAD, nowMs: 0 })).toBe(false);
  edge.went(30);
  expect(edge.isLost({ lagS: 30, ...AHEAD, nowMs: 0 })).toBe(false);
  edge.went(0);
  expect(edge.isFollowing).toBe(true);
  expect(edge.isLost({ lagS: 10, ...AHEAD, nowMs: 0 })).toBe(true);
});
