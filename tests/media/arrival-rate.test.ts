import { beforeEach, expect, test } from 'vitest';
import { ArrivalRate } from '#src/media/arrival-rate.ts';

const bytes = 1000;

let rate: ArrivalRate;
let sentMs: number;
let arrivedMs: number;

beforeEach(() => {
  rate = new ArrivalRate();
  [sentMs, arrivedMs] = [0, 0];
});

/** Packets sent as they arrive, so many ms apart. */
function arrive(packets: number, everyMs: number): void {
  for (let index = 0; index < packets; index += 1) {
    sentMs += everyMs;
    arrivedMs += everyMs;
    rate.add(bytes, sentMs, arrivedMs);
  }
}

test('is what arrives', () => {
  arrive(100, 10);
  expect(rate.bps).toBeCloseTo(800_000);
  expect(rate.newestBps).toBeCloseTo(800_000);
});

test('of the last moment knows nothing of what was before', () => {
  arrive(100, 10);
  arrive(5, 40);
  expect(rate.newestBps).toBeCloseTo(200_000);
  expect(rate.bps).toBeGreaterThan(300_000);
});

test('of the last moment leaves out the time in which nothing was sent', () => {
  arrive(100, 10);
  sentMs += 400;
  arrivedMs += 400;
  arrive(20, 10);
  expect(rate.newestBps).toBeCloseTo(800_000);
  expect(rate.bps).toBeLessThan(700_000);
});

test('of the last moment is not known as long as there is too little to tell', () => {
  arrive(100, 10);
  sentMs += 400;
  arrivedMs += 400;
  arrive(2, 40);
  expect(rate.newestBps).toBeUndefined();
});
