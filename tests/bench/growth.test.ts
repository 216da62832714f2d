import { expect, test } from 'vitest';
import { linearAxis, logAxis, stepsAxis } from '../../bench/growth/axis.ts';
import { chart, type Panel } from '../../bench/growth/chart.ts';
import type { Growth, Point } from '../../bench/growth/growth.ts';
import { growthChart, growthTables } from '../../bench/growth/section.ts';
import { apiPart, budgetsPart, growthPart, pageOf, partsOf } from '../../bench/page.ts';

function point(size: number, cpuUs: readonly number[], more: Partial<Point> = {}): Point {
  return {
    size,
    cpuUs,
    kernelShare: 0.6,
    serverShare: 0.25,
    busiestShare: 0.2,
    residentBytes: 200 * 2 ** 20,
    packetsPerSecond: 1000 * size,
    loadUs: 1.5,
    delayMs: { p50: 1.04, p99: 4.96 },
    lost: 0,
    delivered: 1,
    ...more,
  };
}

function growthOf(...lines: Growth['lines']): Growth {
  return { what: 'layers', title: 'Simulcast layers', isWide: false, lines, setting: 'One stream.' };
}

const alone = growthOf({ name: '', points: [point(1, [3, 1, 2]), point(2, [4])] });

test('a linear axis runs from 0 to the round number that holds everything', () => {
  expect(linearAxis([1, 2.84]).ticks).toEqual([0, 1, 2, 3]);
  expect(linearAxis([213]).ticks).toEqual([0, 50, 100, 150, 200, 250]);
  expect(linearAxis([0.3]).ticks).toEqual([0, 0.1, 0.2, 0.3]);
  expect(linearAxis([]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(linearAxis([213]).place(250)).toBe(1);
});

test('an axis by powers runs between round numbers and gives each power the same room', () => {
  const axis = logAxis([2.6, 87]);
  expect(axis.ticks).toEqual([2, 5, 10, 20, 50, 100]);
  expect(axis.place(2)).toBe(0);
  expect(axis.place(100)).toBeCloseTo(1);
  expect(axis.place(20) - axis.place(2)).toBeCloseTo(axis.place(50) - axis.place(5));
  expect(logAxis([0.1, 1000]).ticks.at(0)).toBe(0.1);
  expect(logAxis([0.1, 1000]).ticks.at(-1)).toBe(1000);
  expect(logAxis([5]).ticks).toEqual([5, 10]);
});

test('an axis of steps has one mark for each size that was measured', () => {
  expect(stepsAxis([1, 2, 3, 2], false).ticks).toEqual([1, 2, 3]);
  expect(stepsAxis([1, 2, 3], false).place(2)).toBe(0.5);
  expect(stepsAxis([1, 10, 100], true).place(10)).toBeCloseTo(0.5);
  expect(stepsAxis([7], true).place(7)).toBe(0.5);
});

test('a chart draws every mark within its panel, names its axes and shows where measurements lay', () => {
  const marks = [
    { x: 1, y: 50, low: 40, high: 60 },
    { x: 1000, y: 2.5, low: 2.1, high: 2.9 },
  ];
  const panel: Panel = {
    title: 'Viewers: CPU & <cost>',
    xLabel: 'viewers',
    yLabel: 'us',
    isWideX: true,
    isWideY: true,
    lines: [{ name: '', marks }],
  };
  const svg = chart('All', [panel, panel, panel]);
  expect(svg).toContain('viewBox="0 0 880 544"');
  expect(svg).toContain('Viewers: CPU &amp; &lt;cost&gt;');
  expect(svg).toContain('>viewers</text>');
  expect(svg).toContain('prefers-color-scheme: dark');
  const circles = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(circles).toHaveLength(6);
  for (const [x = 0, y = 0] of circles) {
    expect(x).toBeGreaterThan(52);
    expect(x).toBeLessThan(440 - 28);
    expect(y).toBeGreaterThanOrEqual(60);
    expect(y).toBeLessThanOrEqual(272 - 50);
  }
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test('a chart of two lines says which is which, and one line needs no name', () => {
  const two = growthOf({ name: 'plain', points: [point(1, [2])] }, { name: 'estimated', points: [point(2, [3])] });
  expect(growthChart([two])).toContain('>estimated</text>');
  expect(growthChart([alone]).match(/<polyline/g)).toHaveLength(2);
});

test('the table has a row for each load, with the spread of repeated runs', () => {
  const lines = growthTables([alone]).split('\n');
  expect(lines[0]).toBe('### Simulcast layers');
  const rows = lines.filter((line) => /^\| \d/.test(line));
  expect(rows).toEqual([
    '| 1 | 1000 | 1.00 / **2.00** / 3.00 | 60 % | 25 % | 20 % | 200 | 1.0 / 5.0 | 1.50 | 0 |',
    '| 2 | 2000 | 4.00 | 60 % | 25 % | 20 % | 200 | 1.0 / 5.0 | 1.50 | 0 |',
  ]);
  const columns = (row: string | undefined) => row?.split('|').length;
  expect(columns(rows[0])).toBe(columns(lines.find((line) => line.startsWith('| layers'))));
});

test('the table tells what was lost, and where viewers were sent less than the best layer', () => {
  expect(growthTables([growthOf({ name: '', points: [point(3, [2], { lost: 12 })] })])).toContain('| 12 |');
  expect(growthTables([growthOf({ name: '', points: [point(3, [2], { delivered: 0.6 })] })])).toContain('40 % less');
});

test('where lines meet, the value of the higher one stands above and that of the lower one below', () => {
  const line = (name: string, y: number) => ({ name, marks: [{ x: 1, y }] });
  const labels = (first: number, second: number) => {
    const lines = [line('a', first), line('b', second)];
    const svg = chart('', [{ title: '', xLabel: '', yLabel: '', isWideX: false, isWideY: false, lines }]);
    const at = (value: number) => Number(new RegExp(`y="([\\d.]+)" class="value"[^>]*>${value}\\.`).exec(svg)?.[1]);
    return at(5) - at(4);
  };
  expect(labels(4, 5)).toBeLessThan(-26);
  expect(labels(5, 4)).toBe(labels(4, 5));
});

test('the cost of estimating links is the difference at each number of layers that both were measured with', () => {
  const both = growthOf(
    { name: 'plain', points: [point(1, [2]), point(2, [2]), point(3, [2.5])] },
    { name: 'estimated', points: [point(2, [2.75]), point(3, [3.5])] },
  );
  expect(growthTables([both])).toContain(
    '*estimated* costs 0.75 / **0.88** / 1.00 us a packet and viewer more than *plain*.',
  );
  expect(growthTables([alone])).not.toContain('costs');
});

test('each part of the page is replaced without touching the others', () => {
  const row = { what: 'a', budget: '', measured: '1', notes: '' };
  const first = pageOf({ ...partsOf('# old page\n'), budgets: budgetsPart([row], ['then']) });
  const grown = pageOf({ ...partsOf(first), growth: growthPart([alone], ['later']) });
  expect(grown.startsWith(first)).toBe(true);
  expect(grown).toContain('- later');
  const again = pageOf({ ...partsOf(grown), budgets: budgetsPart([row], ['last']) });
  expect(again).toBe(grown.replace('- then', '- last'));
  expect(pageOf({ ...partsOf(again), growth: growthPart([alone], ['later']) })).toBe(again);
  const busy = pageOf({ ...partsOf(again), api: apiPart([row], ['once']) });
  expect(partsOf(busy)).toMatchObject({ growth: partsOf(again).growth, api: expect.stringContaining('- once') });
  expect(pageOf({ ...partsOf(busy), api: '' })).toBe(again);
});
