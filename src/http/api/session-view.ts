import { z } from '@hono/zod-openapi';
import type { LayerStats, PublisherStats, SessionStats, TrackStats } from '../../media/stats.ts';
import { h264Profile } from '../../sdp/h264-profile.ts';
import type { SessionReport } from '../../streams/session-reports.ts';
import { layerSchema, layerView } from './schemas.ts';

const kind = z.enum(['audio', 'video']);
const figure = z.number().nullable();

const common = {
  id: z.string().openapi({ description: 'As in the log; it opens nothing' }),
  joinedAt: z.iso.datetime(),
  connectMs: z.number().openapi({ description: 'From the POST until media could flow' }),
  path: z.object({ family: z.enum(['ipv4', 'ipv6']), protocol: z.enum(['udp', 'tcp']) }).nullable(),
  roundTripMs: figure,
};

const publisher = z.object({
  ...common,
  kind: z.literal('publisher'),
  refusedPackets: z.int(),
  tracks: z.array(
    z.object({
      kind,
      codec: z.string(),
      profile: z.string().nullable(),
      lossShare: figure,
      layers: z.array(
        layerSchema.extend({
          packets: z.int(),
          lostPackets: z.int(),
          recoveredPackets: z.int().openapi({ description: 'Lost on the way, and sent again' }),
          nackedPackets: z.int(),
          keyframes: z.int(),
          keyframeRequests: z.int(),
          hasBFrames: z.boolean(),
        }),
      ),
    }),
  ),
});

const viewer = z.object({
  ...common,
  kind: z.literal('viewer'),
  nackedPackets: z.int(),
  keyframeRequests: z.int(),
  choice: z.object({ rid: z.string().nullable(), reason: z.string(), estimateBps: figure }),
  tracks: z.array(
    z.object({
      kind,
      codec: z.string().nullable(),
      packets: z.int(),
      bytes: z.int(),
      resentPackets: z.int(),
      lostPackets: figure,
      lossShare: figure,
      jitterMs: figure,
    }),
  ),
});

export const sessionSchema = z.discriminatedUnion('kind', [publisher, viewer]).openapi('Session');

type SessionView = z.infer<typeof sessionSchema>;

export function sessionView({ tag, joinedAt, connectMs, stats, broadcast }: SessionReport): SessionView {
  const { path, roundTripMs = null } = stats;
  const shared = {
    id: tag,
    joinedAt: joinedAt.toISOString(),
    connectMs,
    path: path ? { family: path.family === 6 ? ('ipv6' as const) : ('ipv4' as const), protocol: path.protocol } : null,
    roundTripMs,
  };
  if (stats.kind === 'viewer') return { ...shared, kind: 'viewer', ...viewerView(stats) };
  const loss = (of: TrackStats, rid?: string) => broadcast.health.lossShare(of.kind, rid);
  return { ...shared, kind: 'publisher', ...publisherView(stats, loss) };
}

type Loss = (of: TrackStats, rid?: string) => number | undefined;

function publisherView({ refused, tracks }: PublisherStats, loss: Loss) {
  return {
    refusedPackets: refused,
    tracks: tracks.map((track) => ({
      kind: track.kind,
      codec: track.codec,
      profile: profileOf(track),
      lossShare: loss(track) ?? null,
      layers: track.layers.map((layer) => publishedLayerView(layer, loss(track, layer.rid))),
    })),
  };
}

function publishedLayerView(layer: LayerStats, lossShare: number | undefined) {
  const { packets, lost, recovered, nacked, keyframes, keyframeRequests, hasBFrames } = layer;
  return {
    ...layerView({ ...layer, ...(lossShare !== undefined && { lossShare }) }),
    packets,
    lostPackets: lost,
    recoveredPackets: recovered,
    nackedPackets: nacked,
    keyframes,
    keyframeRequests,
    hasBFrames,
  };
}

function viewerView({ nacked, keyframeRequests, choice, tracks }: Extract<SessionStats, { kind: 'viewer' }>) {
  return {
    nackedPackets: nacked,
    keyframeRequests,
    choice: { rid: choice.rid ?? null, reason: choice.reason, estimateBps: choice.estimateBps ?? null },
    tracks: tracks.map(({ kind, codec, packets, bytes, resent, lost, lossShare, jitterMs }) => ({
      kind,
      codec: codec ?? null,
      packets,
      bytes,
      resentPackets: resent,
      lostPackets: lost ?? null,
      lossShare: lossShare ?? null,
      jitterMs: jitterMs ?? null,
    })),
  };
}

/** `high 4.0`: profile and level of H264, which decide what can play it. */
function profileOf({ codec, fmtp }: TrackStats): string | null {
  const id = codec === 'h264' ? /profile-level-id=([0-9a-f]{6})/i.exec(fmtp)?.[1] : undefined;
  if (id === undefined) return null;
  const level = Number.parseInt(id.slice(4), 16) / 10;
  return `${h264Profile(id) ?? id} ${level.toFixed(1)}`;
}
