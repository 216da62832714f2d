import { expect, test } from 'vitest';
import { apiPart, growthPart, pageOf, partsOf, renditionsPart } from '../../bench/page.ts';
import { type Cost, overheadOf } from '../../bench/renditions/cost.ts';
import { type Renditions, renditionsChart, renditionsTables } from '../../bench/renditions/section.ts';
import { cloud, seededRandom, texture } from '../../bench/renditions/texture.ts';

const costOf = (ours: readonly number[], plain: readonly number[]): Cost => {
  const spent = (cpuSeconds: number) => ({ wallSeconds: cpuSeconds / 2, cpuSeconds });
  return { what: 'some lines', videoSeconds: 10, ours: ours.map(spent), plain: plain.map(spent) };
};
const spread = { min: 1, p50: 2, p95: 3, p99: 4, max: 5, count: 6 };
const curve = (name: string, factor: number) => ({
  name,
  points: [100_000, 400_000].map((bitrateBps, index) => ({ bitrateBps: bitrateBps * factor, ssim: 0.8 + index / 10 })),
});
const turn = { delaysUs: Float64Array.of(1_000, 2_000), lost: 0, below: 0.5 };
const measured: Renditions = {
  pictures: 'a clip',
  encoder: 'an encoder',
  recorded: [costOf([10.4, 10, 10.4], [10, 9, 11])],
  live: costOf([5], [4]),
  quality: { recorded: curve('a', 0.5), medium: curve('b', 1), live: curve('c', 1), veryfast: curve('d', 1) },
  latency: { source: spread, layer: spread, layerToldMs: 70, dash: { ...spread, max: 4_001 } },
  livePath: { viewers: 100, alone: [turn], beside: [turn] },
};

test('overhead is what medians of turns are beyond those of plain ffmpeg', () => {
  expect(overheadOf(costOf([10.4, 10, 30], [10, 9, 11]))).toMatchObject({ cpu: expect.closeTo(0.04) });
});

test('five hundredths of overhead and four seconds of delay are the most', () => {
  const lines = renditionsTables(measured).split('\n');
  const verdictOf = (words: string) => lines.find((line) => line.includes(words))?.split(' | ')[3];
  expect(verdictOf('a recording: some lines: CPU')).toBe('met');
  expect(verdictOf('| some lines: CPU')).toBe('**missed**');
  expect(verdictOf('live DASH')).toBe('**missed**');
  expect(lines.find((line) => line.includes('similarity, recordings'))).toContain('-50.0 %');
  expect(renditionsChart(measured)).toContain('</svg>');
});

test('the part on renditions is kept when others are written, and replaced alone', () => {
  const row = { what: 'a', budget: '', measured: '1', notes: '' };
  const others = { budgets: '# page\n', api: apiPart([row], ['once']), growth: growthPart([], ['then']) };
  const page = pageOf({ ...others, renditions: renditionsPart(measured, ['first']) });
  expect(pageOf(partsOf(page))).toBe(page);
  expect(partsOf(page).api).toBe(partsOf(pageOf({ ...others, renditions: '' })).api);
  expect(pageOf({ ...partsOf(page), renditions: renditionsPart(measured, ['next']) })).toBe(
    page.replace('- first', '- next'),
  );
});

test('a texture is the same for the same seed, with detail of all sizes', () => {
  expect(texture({ width: 64, height: 36, seed: 1 })).toEqual(texture({ width: 64, height: 36, seed: 1 }));
  expect(texture({ width: 64, height: 36, seed: 1 })).not.toEqual(texture({ width: 64, height: 36, seed: 2 }));
  const field = cloud(256, 144, seededRandom(7));
  const differenceAt = (distance: number) => {
    const pairs = [...field]
      .slice(0, field.length - distance)
      .map((value, at) => Math.abs(value - (field[at + distance] ?? 0)));
    return pairs.reduce((sum, difference) => sum + difference, 0) / pairs.length;
  };
  expect(differenceAt(1)).toBeGreaterThan(0.005);
  expect(differenceAt(32)).toBeGreaterThan(2 * differenceAt(1));
});
