import { describe, expect, it } from 'vitest';
import { spreadsOf } from '../../src/media/spread.ts';
import type { LayerStats, PublisherStats, SpreadName, Spreads, ViewerStats } from '../../src/media/stats.ts';
import { layerStats } from '../support/layer-stats.ts';

const layer = layerStats({
  bitrateBps: 2_500_000,
  framesPerSecond: 30,
  packets: 1000,
  jitterMs: 3,
  keyframes: 2,
  keyframeIntervalMs: 2000,
});

const sound: LayerStats = { ...layer, bitrateBps: 64_000, keyframes: 0 };

const publisher: PublisherStats = {
  kind: 'publisher',
  roundTripMs: 30,
  refused: 0,
  tracks: [
    { kind: 'video', codec: 'h264', fmtp: '', packets: 1000, lost: 0, layers: [layer] },
    { kind: 'audio', codec: 'opus', fmtp: '', packets: 1000, lost: 0, layers: [sound] },
  ],
};

function viewer(lossShare: number | undefined): ViewerStats {
  return {
    kind: 'viewer',
    nacked: 0,
    keyframeRequests: 0,
    choice: { reason: 'only_layer' },
    tracks: [{ kind: 'video', packets: 10, bytes: 1000, resent: 0, ...(lossShare !== undefined && { lossShare }) }],
  };
}

/** The counts up to each bound. */
const countsOf = ({ counts }: Spreads, wanted: SpreadName) =>
  counts.find(({ name }) => name === wanted)?.steps.map(({ count }) => count);

describe('spreads', () => {
  it('count up to each bound, what lies on it with it, and all at last', () => {
    const { counts } = spreadsOf([viewer(0), viewer(0.01), viewer(0.3)]);
    const steps = counts.find(({ name }) => name === 'viewer_loss_ratio')?.steps;
    expect(steps?.slice(0, 2)).toEqual([
      { bound: 0, count: 1 },
      { bound: 0.01, count: 2 },
    ]);
    expect(steps?.at(-1)).toEqual({ bound: Number.POSITIVE_INFINITY, count: 3 });
  });

  it('leave out what is not known', () => {
    const spreads = spreadsOf([viewer(undefined)]);
    expect(countsOf(spreads, 'viewer_loss_ratio')?.at(-1)).toBe(0);
    expect(countsOf(spreads, 'viewer_round_trip_seconds')?.at(-1)).toBe(0);
    expect(spreads.choices).toEqual({ only_layer: 1 });
  });

  it('count keyframes and bitrates of pictures alone', () => {
    const spreads = spreadsOf([publisher]);
    expect(countsOf(spreads, 'layer_bitrate_bps')?.at(-1)).toBe(1);
    expect(countsOf(spreads, 'layer_keyframe_interval_seconds')).toEqual([0, 0, 1, 1, 1, 1, 1]);
    expect(countsOf(spreads, 'layer_jitter_seconds')?.at(-1)).toBe(2);
    expect(countsOf(spreads, 'publisher_round_trip_seconds')?.at(-1)).toBe(1);
  });

  it('of nobody are all zero', () => {
    for (const { steps } of spreadsOf([]).counts) expect(steps.at(-1)?.count).toBe(0);
  });
});
