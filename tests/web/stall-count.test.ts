import { expect, test } from 'vitest';
import { StallCount } from '../../web/src/lib/stall-count.ts';

function seen(decoded: readonly number[]): StallCount {
  const count = new StallCount();
  for (const [index, frames] of decoded.entries()) count.look(frames, index * 500);
  return count;
}

test('a picture that moves never stalls, and neither does one that pauses for a moment', () => {
  expect(seen([15, 30, 30, 45]).at(1500)).toEqual({ stalls: 0, stalledMs: 0 });
});

test('a second or more without a picture is a stall, as long as it was seen', () => {
  expect(seen([15, 15, 15, 15, 30, 45, 45, 45, 60]).at(4000)).toEqual({ stalls: 2, stalledMs: 2000 + 1500 });
});

test('the stall that goes on counts with what it has taken so far', () => {
  expect(seen([15, 15]).at(2500)).toEqual({ stalls: 1, stalledMs: 2500 });
});

test('waiting for the first picture is no stall', () => {
  expect(seen([0, 0, 0, 0, 0, 15]).at(2500)).toEqual({ stalls: 0, stalledMs: 0 });
});

test('neither is standing still because somebody wants it to', () => {
  const count = seen([15, 30]);
  count.rest();
  expect(count.at(60_000)).toEqual({ stalls: 0, stalledMs: 0 });
  count.look(45, 60_000);
  expect(count.at(60_500)).toEqual({ stalls: 0, stalledMs: 0 });
});
