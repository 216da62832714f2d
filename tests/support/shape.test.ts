import { describe, expect, test } from 'vitest';
import { DelayLine } from './delay-line.ts';
import { type Conditions, Shape } from './shape.ts';

const COUNT = 50_000;

/** What becomes of `count` datagrams of 1000 bytes, one each `everyMs`. */
function passMany(conditions: Conditions, { count = COUNT, everyMs = 1, seed = 7 } = {}): (readonly number[])[] {
  const shape = new Shape(seed, conditions);
  return Array.from({ length: count }, (_, index) => shape.pass(1000, index * everyMs));
}

function lossRuns(fates: readonly (readonly number[])[]): number[] {
  const runs: number[] = [];
  let run = 0;
  for (const { length } of fates) {
    if (length === 0) {
      run += 1;
    } else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  return runs;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a shaped link', () => {
  test('without conditions passes everything at once', () => {
    expect(passMany({}, { count: 100 })).toEqual(Array.from({ length: 100 }, (_, index) => [index]));
  });

  test('repeats itself with the same seed only', () => {
    const conditions = { loss: 0.1, jitterMs: 30, duplicates: 0.05 };
    const [once, again, other] = [7, 7, 8].map((seed) => passMany(conditions, { count: 1000, seed }));
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });

  test.each([0.01, 0.05, 0.1])('loses a share of %d, each by itself', (loss) => {
    const fates = passMany({ loss });
    const lost = fates.filter(({ length }) => length === 0).length;
    expect(lost / COUNT).toBeCloseTo(loss, 2);
    expect(mean(lossRuns(fates))).toBeCloseTo(1 / (1 - loss), 1);
  });

  test('loses the same share in bursts of the length asked for', () => {
    const fates = passMany({ loss: 0.05, lossBurst: 8 });
    const lost = fates.filter(({ length }) => length === 0).length;
    expect(lost / COUNT).toBeGreaterThan(0.045);
    expect(lost / COUNT).toBeLessThan(0.055);
    expect(mean(lossRuns(fates))).toBeGreaterThan(7);
    expect(mean(lossRuns(fates))).toBeLessThan(9);
  });

  test('with delay alone keeps the order', () => {
    expect(passMany({ delayMs: 200 }, { count: 100 })).toEqual(
      Array.from({ length: 100 }, (_, index) => [index + 200]),
    );
  });

  test('with jitter spreads delays evenly and changes the order', () => {
    const leaves = passMany({ delayMs: 20, jitterMs: 30 }).map(([atMs = Number.NaN]) => atMs);
    const delays = leaves.map((atMs, index) => atMs - index);
    expect(Math.min(...delays.slice(0, 5000))).toBeGreaterThanOrEqual(20);
    expect(Math.max(...delays.slice(0, 5000))).toBeLessThan(50);
    expect(mean(delays)).toBeCloseTo(35, 0);
    expect(leaves.some((atMs, index) => atMs < (leaves[index - 1] ?? 0))).toBe(true);
  });

  test('brings the share asked for twice', () => {
    const twice = passMany({ duplicates: 0.05 }).filter(({ length }) => length === 2).length;
    expect(twice / COUNT).toBeCloseTo(0.05, 2);
  });

  test('of limited rate sends one after the other and drops what its queue can not hold', () => {
    const shape = new Shape(7, { rateBps: 800_000, queueBytes: 3000 });
    const fates = [0, 0, 0, 0, 20].map((atMs) => shape.pass(1000, atMs));
    expect(fates).toEqual([[10], [20], [30], [], [40]]);
    expect(shape.pass(1000, 100)).toEqual([110]);
  });

  test('sends no more than its rate, however much comes', () => {
    const leaves = passMany({ rateBps: 300_000 }, { count: 10_000 }).flat();
    const bitsPerSecond = (leaves.length * 8000) / ((leaves.at(-1) ?? 0) / 1000);
    expect(bitsPerSecond).toBeCloseTo(300_000, -2);
  });

  test('changes for what comes after', () => {
    const shape = new Shape(7, { delayMs: 200 });
    expect(shape.pass(1000, 0)).toEqual([200]);
    shape.change({ loss: 1 });
    expect(shape.pass(1000, 1)).toEqual([]);
    shape.change({});
    expect(shape.pass(1000, 2)).toEqual([2]);
  });
});

test('a delay line gives what is due, in order of time and then of arrival', () => {
  const line = new DelayLine<string>();
  expect(line.nextMs).toBeUndefined();
  line.add(30, 'c');
  line.add(10, 'a');
  line.add(30, 'd');
  line.add(20, 'b');
  expect(line.nextMs).toBe(10);
  expect(line.takeDue(9)).toEqual([]);
  expect(line.takeDue(20)).toEqual(['a', 'b']);
  expect(line.takeDue(40)).toEqual(['c', 'd']);
  expect(line.nextMs).toBeUndefined();
});
