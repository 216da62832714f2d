import type { LayerStats, TrackStats } from '../../src/media/stats.ts';

/** A track whose layers need not tell everything. */
export interface MeasuredTrack extends Omit<TrackStats, 'fmtp' | 'layers'> {
  readonly layers: readonly Partial<LayerStats>[];
}

/** A layer as a media thread tells of it; what a test says nothing about is quiet. */
export function layerStats(told: Partial<LayerStats>): LayerStats {
  return {
    rid: '',
    bitrateBps: 0,
    framesPerSecond: 0,
    packets: 0,
    lost: 0,
    recovered: 0,
    nacked: 0,
    jitterMs: 0,
    keyframes: 0,
    keyframeRequests: 0,
    hasBFrames: false,
    frames: 0,
    skippedFrames: 0,
    silentPackets: 0,
    senderReports: 0,
    sentBytes: 0,
    arrivedBytes: 0,
    ...told,
  };
}
