import type { IngestTrackPlan } from '../media/plan.ts';
import type { SentTrackStats, TrackStats } from '../media/stats.ts';
import type { PublisherTrack } from '../media/track.ts';
import type { EgressTrack } from './egress-track.ts';

/** What a publisher sends on one track, layer by layer. */
export function trackStats(track: PublisherTrack, plan: IngestTrackPlan | undefined, nowMs: number): TrackStats {
  const layers = [...track.layers.values()].map((layer) => layer.stats(nowMs));
  const codec = plan?.payloads[0]?.codec;
  return {
    kind: track.kind,
    codec: codec?.name ?? 'opus',
    fmtp: codec?.fmtp ?? '',
    packets: layers.reduce((sum, { packets }) => sum + packets, 0),
    lost: layers.reduce((sum, { lost }) => sum + lost, 0),
    layers,
  };
}

/** What a viewer is sent on one track. */
export function sentTrackStats(track: EgressTrack): SentTrackStats {
  const { plan, layer, codec, reported } = track;
  return {
    kind: plan.kind,
    ...(codec && { codec }),
    packets: track.packetsSent,
    bytes: track.octetsSent,
    resent: track.resent,
    ...(reported &&
      layer && {
        lost: Math.max(0, reported.cumulativeLost),
        lossShare: reported.fractionLost / 256,
        jitterMs: Math.round((reported.jitter * 10_000) / layer.clockRate) / 10,
      }),
  };
}
