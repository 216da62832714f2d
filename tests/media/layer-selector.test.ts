import { beforeEach, describe, expect, test } from 'vitest';
import { LayerSelector } from '#src/media/layer-selector.ts';

const low = { layer: 'low', bitrateBps: 150_000 };
const mid = { layer: 'mid', bitrateBps: 500_000 };
const top = { layer: 'top', bitrateBps: 2_000_000 };
const ladder = [low, mid, top];
const stepMs = 250;

let selector: LayerSelector<string>;
let nowMs: number;

beforeEach(() => {
  selector = new LayerSelector();
  nowMs = 0;
});

/** What is chosen in each step of some time. */
function choices(estimateBps: number, ms: number, offered: readonly (typeof low)[] = ladder): (string | undefined)[] {
  return Array.from({ length: ms / stepMs }, () => {
    nowMs += stepMs;
    return selector.choose(offered, estimateBps, nowMs);
  });
}

describe('a viewer of layers', () => {
  test('gets the best as long as nothing speaks against it, also one that begins later', () => {
    expect(choices(Number.POSITIVE_INFINITY, 500, [low, mid])).toEqual(['mid', 'mid']);
    expect(choices(Number.POSITIVE_INFINITY, 500)).toEqual(['top', 'top']);
  });

  test('gets nothing of nothing', () => {
    expect(choices(Number.POSITIVE_INFINITY, 250, [])).toEqual([undefined]);
  });

  test('falls to what fits with some room when the link carries much less, but not for a moment of it', () => {
    choices(Number.POSITIVE_INFINITY, 250);
    expect([...choices(600_000, 250), ...choices(2_100_000, 250)]).toEqual(['top', 'top']);
    expect(choices(600_000, 500)).toEqual(['top', 'mid']);
    expect(choices(120_000, 500)).toEqual(['mid', 'low']);
  });

  test('is known to be flooded when he falls from what is far too much, and only then', () => {
    choices(Number.POSITIVE_INFINITY, 250);
    choices(600_000, 250);
    expect(selector.isFlooded).toBe(false);
    choices(600_000, 250);
    expect(selector.isFlooded).toBe(true);
    choices(450_000, 250);
    expect(selector.isFlooded).toBe(false);
    expect(choices(450_000, 1500).at(-1)).toBe('low');
    expect(selector.isFlooded).toBe(false);
  });

  test('falls at once when the link is known to be full, and carries much less', () => {
    choices(Number.POSITIVE_INFINITY, 250);
    expect(selector.choose(ladder, 1_900_000, nowMs, true)).toBe('top');
    expect(selector.choose(ladder, 600_000, nowMs, true)).toBe('mid');
    expect(selector.isFlooded).toBe(true);
  });

  test('falls past a layer that would fill the link to the brim', () => {
    choices(Number.POSITIVE_INFINITY, 250);
    expect(choices(510_000, 500)).toEqual(['top', 'low']);
  });

  test('waits a second when the link is short by little, and stays when that passes', () => {
    choices(Number.POSITIVE_INFINITY, 250);
    expect(new Set(choices(1_900_000, 750))).toEqual(new Set(['top']));
    expect(new Set(choices(2_100_000, 5000))).toEqual(new Set(['top']));
    expect(choices(1_900_000, 1500).at(-1)).toBe('mid');
  });

  test('stays on the least layer however little there is', () => {
    expect(new Set(choices(10_000, 10_000))).toEqual(new Set(['low']));
  });

  test('goes up only after the link has carried more for a while', () => {
    choices(200_000, 5000);
    expect(choices(3_000_000, 500)).toEqual(['low', 'low']);
    expect(choices(200_000, 250)).toEqual(['low']);
    expect(choices(3_000_000, 750)).toEqual(['low', 'low', 'low']);
    expect(choices(3_000_000, 500).at(-1)).toBe('top');
  });

  test('goes up ever more slowly when going up turns out wrong, and forgets that in time', () => {
    choices(200_000, 5000);
    const waits = [1, 2, 3].map(() => {
      const waited = choices(600_000, 10_000).indexOf('mid');
      choices(200_000, 2000);
      return waited;
    });
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    expect(new Set(waits).size).toBe(3);
  });

  test('goes over at once when the layer he has ends', () => {
    choices(Number.POSITIVE_INFINITY, 250);
    expect(choices(Number.POSITIVE_INFINITY, 250, [low, mid])).toEqual(['mid']);
  });
});

describe('a probe', () => {
  /** What is probed for in each step of some time. */
  function probes(estimateBps: number, ms: number): number[] {
    return Array.from({ length: ms / stepMs }, () => {
      nowMs += stepMs;
      selector.choose(ladder, estimateBps, nowMs);
      return selector.probe(ladder, estimateBps, nowMs) ?? 0;
    }).filter((bps) => bps > 0);
  }

  test('is for a little more than the next layer takes, seldom as long as it fails', () => {
    choices(200_000, 250);
    const asked = probes(200_000, 60_000);
    expect(new Set(asked)).toEqual(new Set([725_000]));
    expect(asked.length).toBeGreaterThan(10);
    // One that fails costs a thin link a few packets.
    expect(asked.length).toBeLessThan(22);
  });

  test('is followed at once by one for the layer above when it succeeds', () => {
    choices(200_000, 1000);
    expect(probes(200_000, 250)).toEqual([725_000]);
    expect(probes(610_000, 250)).toEqual([2_900_000]);
  });

  test('is not followed by another because bitrates waver', () => {
    choices(200_000, 1000);
    expect(probes(599_000, 250)).toEqual([725_000]);
    const wavered = [low, { ...mid, bitrateBps: 499_000 }, top];
    nowMs += stepMs;
    selector.choose(wavered, 599_000, nowMs);
    expect(selector.probe(wavered, 599_000, nowMs)).toBeUndefined();
  });

  test('is not made on the best layer, nor while the present one hardly fits', () => {
    choices(Number.POSITIVE_INFINITY, 1000);
    expect(probes(2_100_000, 5000)).toEqual([]);
    choices(100_000, 1000);
    expect(probes(140_000, 5000)).toEqual([]);
  });
});
