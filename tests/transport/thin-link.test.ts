import { describe, expect, test } from 'vitest';
import { SimulatedViewer, type Step } from './simulated-viewer.ts';

/** A layer with its temporal layers, each of which doubles the pictures of those below. */
function layer(rid: string, ...bitrates: readonly number[]): Step[] {
  return bitrates.map((bitrateBps, temporalId) => {
    const fps = 30 / 2 ** (bitrates.length - 1 - temporalId);
    return { layer: `${rid}${temporalId}`, rid, bitrateBps, fps };
  });
}

// The first two as Chromium sends its fake camera.
const vp8 = [...layer('l', 70_000, 120_000), ...layer('m', 170_000, 315_000), ...layer('h', 385_000, 765_000)];
const h264 = [...layer('l', 105_000), ...layer('m', 230_000), ...layer('h', 460_000)];
const large = [...layer('l', 150_000), ...layer('m', 500_000), ...layer('h', 2_500_000)];
const temporal = layer('s', 200_000, 320_000, 500_000);
const wideBps = 5_000_000;
// Sound takes its share.
const thinLinks = [
  { codec: 'VP8', ladder: vp8, bps: 230_000, fitting: ['l'] },
  { codec: 'VP8', ladder: vp8, bps: 300_000, fitting: ['l', 'm'] },
  { codec: 'VP8', ladder: vp8, bps: 450_000, fitting: ['m'] },
  { codec: 'VP8', ladder: vp8, bps: 620_000, fitting: ['m', 'h'] },
  { codec: 'H264', ladder: h264, bps: 230_000, fitting: ['l'] },
  { codec: 'H264', ladder: h264, bps: 300_000, fitting: ['l', 'm'] },
  { codec: 'H264', ladder: h264, bps: 380_000, fitting: ['m'] },
  { codec: 'large H264', ladder: large, bps: 500_000, fitting: ['l'] },
  { codec: 'large H264', ladder: large, bps: 1_000_000, fitting: ['m'] },
  { codec: 'VP8 in one layer', ladder: temporal, bps: 400_000, fitting: ['s'] },
];
const networks = thinLinks.flatMap((link) => [32, 64, 256].map((queueKb) => ({ ...link, queueKb })));
const seeds = [1, 2, 3, 4, 5];

describe.each(networks)('$codec, a link that falls to $bps bit/s, a queue of $queueKb KB', (network) => {
  const { ladder, bps, queueKb, fitting } = network;
  const linkOf = (rateBps: number) => ({ bps: rateBps, queueMs: (queueKb * 1024 * 8000) / rateBps });

  test.each(seeds)('the fitting picture is seen soon and stays, and the best is back soon (seed %i)', (seed) => {
    const link = { ...linkOf(wideBps), delayMs: 10, loss: 0 };
    const viewer = new SimulatedViewer({ ladder, seed, link });
    const found = () => JSON.stringify({ ...viewer, pictures: viewer.pictures.length });
    viewer.run(10_000);
    expect(viewer.switches, found()).toHaveLength(1);

    const thinMs = viewer.nowMs;
    Object.assign(link, linkOf(bps));
    viewer.run(3000);
    expect(fitting, found()).toContain(viewer.pictures.at(-1)?.rid);
    expect(viewer.longestGapMs(thinMs), found()).toBeLessThan(2000);

    const settledMs = viewer.nowMs;
    viewer.run(20_000);
    expect(viewer.longestGapMs(settledMs), found()).toBeLessThan(500);
    expect(viewer.switches.filter(({ ms }) => ms > settledMs).length, found()).toBeLessThanOrEqual(2);

    Object.assign(link, linkOf(wideBps));
    viewer.run(8000);
    expect(viewer.pictures.at(-1)?.rid, found()).toBe(ladder.at(-1)?.rid);
    expect(viewer.layer, found()).toBe(ladder.at(-1)?.layer);
  });
});
