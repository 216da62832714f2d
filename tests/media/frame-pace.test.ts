import { expect, test } from 'vitest';
import { FramePace } from '#src/media/frame-pace.ts';

const STEP = 3000;

function paced(steps: readonly number[]): FramePace {
  const pace = new FramePace(90_000);
  for (let warm = 0; warm < 32; warm++) pace.frame(STEP);
  for (const step of steps) pace.frame(step);
  return pace;
}

test('an even rhythm leaves nothing out', () => {
  expect(paced(Array(100).fill(STEP)).skipped).toBe(0);
});

test('a step of three pictures is two left out', () => {
  expect(paced([STEP, 3 * STEP, STEP, 2 * STEP]).skipped).toBe(3);
});

test('a camera that trembles leaves nothing out', () => {
  expect(paced([0.6 * STEP, 1.4 * STEP, 1.3 * STEP, 0.8 * STEP]).skipped).toBe(0);
});

test('a pause is no picture left out, and what stands still or goes back is no step', () => {
  const pace = paced([90_001, 0, -STEP]);
  expect([pace.frames, pace.skipped]).toEqual([32, 0]);
});

test('half the rate is the rhythm after a while', () => {
  const pace = paced(Array(64).fill(2 * STEP));
  const { skipped } = pace;
  for (let i = 0; i < 100; i++) pace.frame(2 * STEP);
  expect(pace.skipped).toBe(skipped);
});
