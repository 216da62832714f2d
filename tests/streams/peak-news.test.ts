import { expect, it } from 'vitest';
import { PeakNews } from '../../src/streams/peak-news.ts';

it('tells a new peak once a minute at most, and each peak once', () => {
  const news = new PeakNews();
  const told: [atMs: number, peak: number][] = [];
  const peaks = [0, 1, 5, 5, 40, 41, 41, 41, 41, 50];
  for (const [index, peak] of peaks.entries()) {
    const atMs = index * 20_000;
    if (news.isDue(peak, atMs)) told.push([atMs, peak]);
  }
  expect(told).toEqual([
    [60_000, 5],
    [120_000, 41],
    [180_000, 50],
  ]);
});
