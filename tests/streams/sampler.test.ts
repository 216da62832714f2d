import { expect, it } from 'vitest';
import { Sampler } from '../../src/streams/sampler.ts';
import { layerStats } from '../support/layer-stats.ts';

const FROM = { ms: 100_000, viewers: 1 };
const video = (...bitrates: number[]) => ({
  kind: 'video' as const,
  codec: 'vp8' as const,
  fmtp: '',
  packets: 0,
  lost: 0,
  layers: bitrates.map((bitrateBps, i) => layerStats({ rid: String(i), bitrateBps, framesPerSecond: 30 - i })),
});

it('tells what came and went out in each second on average, and the most viewers at once', () => {
  const sampler = new Sampler(FROM);
  for (let second = 0; second < 10; second += 1) sampler.measured([video(400_000, 100_000)]);
  sampler.sent(1_000_000);
  sampler.sent(250_000);
  sampler.watched(5);
  expect(sampler.take({ ms: 110_000, viewers: 2 }, 0.5)).toEqual({
    at: new Date(110_000),
    spanSeconds: 10,
    viewers: 5,
    ingestBps: 500_000,
    egressBps: 1_000_000,
    lossShare: 0.5,
    framesPerSecond: 30,
  });
});

it('counts the time in which nobody published as nothing, and begins anew after each sample', () => {
  const sampler = new Sampler(FROM);
  for (let second = 0; second < 5; second += 1) sampler.measured([video(1_000_000)]);
  expect(sampler.take({ ms: 110_000, viewers: 3 }, undefined)).toMatchObject({ ingestBps: 500_000, viewers: 1 });
  const empty = { at: new Date(114_600), spanSeconds: 5, viewers: 3, ingestBps: 0, egressBps: 0 };
  expect(sampler.take({ ms: 114_600, viewers: 0 }, undefined)).toEqual(empty);
});

it('has a span of at least a second, also where the clock was set back', () => {
  const sampler = new Sampler(FROM);
  sampler.sent(125);
  expect(sampler.take({ ms: 20_000, viewers: 0 }, undefined)).toMatchObject({ spanSeconds: 1, egressBps: 1000 });
});
