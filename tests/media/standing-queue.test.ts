import { expect, test } from 'vitest';
import { StandingQueue } from '#src/media/standing-queue.ts';

/** Whether it ever stood, for packets that arrive so far apart having waited so long. */
function everStands(waits: readonly number[], everyMs: number): boolean {
  const queue = new StandingQueue();
  return waits.some((waitMs, index) => {
    queue.update(waitMs, index * everyMs);
    return queue.isStanding;
  });
}

test('a queue that grows or stays stands after a tenth of a second', () => {
  expect(everStands([0, 100, 170, 240, 300], 100)).toBe(true);
  expect(everStands([0, 120, 110, 115, 120], 40)).toBe(true);
  expect(everStands([0, 120, 110], 40)).toBe(false);
});

test('a short one does not, however long it stays', () => {
  expect(everStands(Array<number>(100).fill(70), 33)).toBe(false);
});

test('what a keyframe leaves behind drains', () => {
  expect(everStands([300, 260, 220, 180, 140, 100, 60], 33)).toBe(false);
});

test('a link that stood still gives all it kept back at once', () => {
  expect(everStands([150, 140, 130, 120, 110, 100, 90, 80, 70], 2)).toBe(false);
});

test('it is gone when nothing was sent for a while', () => {
  const queue = new StandingQueue();
  queue.update(200, 0);
  queue.update(200, 150);
  expect(queue.isStanding).toBe(true);
  queue.forget();
  expect(queue.isStanding).toBe(false);
  queue.update(200, 300);
  expect(queue.isStanding).toBe(false);
});
