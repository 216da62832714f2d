import type { TrackStats } from '../streams/ports.ts';
import type { PublisherSession } from './publisher-session.ts';

/** What a publisher sends, track by track and layer by layer. */
export function statsOf(publisher: PublisherSession, nowMs: number): TrackStats[] {
  return publisher.tracks.map((track, index) => {
    const layers = [...track.layers.values()].map((layer) => ({ rid: layer.rid, ...layer.stats(nowMs) }));
    return {
      kind: track.kind,
      codec: publisher.plan.tracks[index]?.payloads[0]?.codec.name ?? 'opus',
      packets: layers.reduce((sum, { packets }) => sum + packets, 0),
      lost: layers.reduce((sum, { lost }) => sum + lost, 0),
      layers,
    };
  });
}
