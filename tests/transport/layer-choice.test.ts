import { describe, expect, test } from 'vitest';
import { type LinkNow, SimulatedViewer } from './simulated-viewer.ts';

const ladder = [
  { layer: 'low', rid: 'l', bitrateBps: 150_000, fps: 30 },
  { layer: 'mid', rid: 'm', bitrateBps: 450_000, fps: 30 },
  { layer: 'top', rid: 'h', bitrateBps: 2_300_000, fps: 30 },
];
const wideBps = 5_000_000;
const seeds = [1, 2, 3, 4, 5];
const networks = [1, 20, 100].flatMap((delayMs) =>
  [60, 300, 1000].flatMap((queueMs) => [0, 0.01, 0.05].map((loss) => ({ delayMs, queueMs, loss }))),
);

function open(seed: number, network: Omit<LinkNow, 'bps'>, bps = wideBps): SimulatedViewer {
  return new SimulatedViewer({ ladder, seed, groupMs: 2000, link: { bps, ...network } });
}

describe.each(networks)('one way $delayMs ms, a queue of $queueMs ms, $loss lost', (network) => {
  test.each(seeds)('a wide link carries the best layer without a change (seed %i)', (seed) => {
    const viewer = open(seed, network);
    viewer.run(60_000);
    expect(viewer.switches).toEqual([{ ms: 0, layer: 'top' }]);
    expect(viewer.paddingBytes).toBe(0);
  });

  test.each(seeds)('a link that falls is met within two seconds, and its return within ten (seed %i)', (seed) => {
    const viewer = open(seed, network);
    viewer.run(10_000);
    viewer.link.bps = 1_000_000;
    viewer.run(2000);
    expect(['mid', 'low']).toContain(viewer.layer);
    viewer.run(20_000);
    viewer.link.bps = wideBps;
    viewer.run(10_000);
    expect(viewer.layer).toBe('top');
  });

  test.each(seeds)('a thin link carries the least layer, hardly disturbed by probes (seed %i)', (seed) => {
    const viewer = open(seed, network, 250_000);
    viewer.run(10_000);
    expect(viewer.layer).toBe('low');
    viewer.paddingBytes = 0;
    const before = viewer.switches.length;
    viewer.run(60_000);
    expect(viewer.switches.length - before).toBeLessThanOrEqual(2);
    // A tenth of what the link carries in that time.
    expect(viewer.paddingBytes).toBeLessThan((250_000 / 8) * 60 * 0.1);
  });
});

test.each(seeds)('a wide link that stands still for moments carries the best layer all the same (seed %i)', (seed) => {
  const viewer = open(seed, { delayMs: 20, queueMs: 300, loss: 0.01, stalls: 0.3 });
  viewer.run(60_000);
  expect(viewer.layer).toBe('top');
  expect(viewer.switches.length).toBeLessThanOrEqual(3);
});

describe.each(networks)(
  'one way $delayMs ms, a queue of $queueMs ms, $loss lost, and no room for a picture',
  (network) => {
    test.each(seeds)(
      'the sound goes alone, hardly disturbed by probes, until there is room again (seed %i)',
      (seed) => {
        const viewer = open(seed, network);
        viewer.run(10_000);
        viewer.link.bps = 80_000;
        viewer.run(12_000);
        expect(viewer.layer).toBe(undefined);
        [viewer.paddingBytes, viewer.worstQueueMs] = [0, 0];
        const before = viewer.switches.length;
        viewer.run(60_000);
        expect(viewer.switches.length).toBe(before);
        expect(viewer.paddingBytes).toBeLessThan((80_000 / 8) * 60 * 0.1);
        expect(viewer.worstQueueMs).toBeLessThan(500);
        viewer.link.bps = wideBps;
        viewer.run(20_000);
        expect(viewer.layer).not.toBe(undefined);
        viewer.run(10_000);
        expect(['mid', 'top']).toContain(viewer.layer);
      },
    );
  },
);
