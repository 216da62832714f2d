import { expect, test } from 'vitest';
import { bdRate, type QualityPoint, ssimDb } from '../../bench/renditions/bd-rate.ts';

const BITRATES = [200, 400, 800, 1600].map((kilobits) => kilobits * 1000);

/** Three decibels for each doubling. */
const curve = (factor = 1, bitrates = BITRATES): QualityPoint[] =>
  bitrates.map((bitrateBps) => ({
    bitrateBps: bitrateBps * factor,
    ssim: 1 - 10 ** -((3 * Math.log2(bitrateBps / 100_000)) / 10),
  }));

test('similarity is told as decibels of what is lost', () => {
  expect(ssimDb({ ssim: 0.9 })).toBeCloseTo(10);
  expect(ssimDb({ ssim: 0.99 })).toBeCloseTo(20);
});

test.each([1, 0.5, 0.7, 1.3, 2])(
  'an encoder that takes %d times the bits for each quality is told as that',
  (factor) => {
    expect(bdRate(curve(), curve(factor))).toBeCloseTo(factor - 1);
  },
);

test('only qualities that both reach are compared, wherever their points lie', () => {
  expect(bdRate(curve(), curve(0.7, [300_000, 500_000, 5_000_000]))).toBeCloseTo(-0.3);
  expect(bdRate(curve(1, [200_000, 400_000]), curve(1, [800_000, 1_600_000]))).toBeUndefined();
  expect(bdRate([], curve())).toBeUndefined();
});

test('more bits for less quality are no part of a curve', () => {
  const [worst = { bitrateBps: 0, ssim: 0 }] = curve();
  expect(bdRate(curve(), [...curve(0.8), { ...worst, bitrateBps: 9_000_000 }])).toBeCloseTo(-0.2);
});
