import type { Advice } from './advice.ts';
import { type LiveLayer, type LiveSnapshot, OFFLINE } from './live-events.ts';
import type { LiveStream } from './live-stream.ts';
import { onDemandLayers } from './on-demand-layers.ts';
import type { StreamHealth } from './stream-health.ts';

/** What a broadcast knows of its channel. */
export interface StreamChannel {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  /** Viewers may come before there is a stream, and stay for the next one. */
  readonly acceptsWaitingViewers: boolean;
  readonly isRecorded?: boolean;
  /** May be sent in lower qualities that are made here. */
  readonly isAdaptive?: boolean;
}

/** All layers there are of the picture, those made here last, or to be had for the asking. */
export function layersOf(stream: LiveStream, channel: StreamChannel, health: StreamHealth): readonly LiveLayer[] {
  const { layers, renditions } = stream;
  const published = layers.map((layer): LiveLayer => {
    const lossShare = health.lossShare('video', layer.rid);
    return { ...layer, ...(lossShare !== undefined && { lossShare }) };
  });
  const made = renditions.map((rendition) => ({ ...rendition, isRendition: true as const }));
  return [...published, ...made, ...(channel.isAdaptive ? onDemandLayers(layers, made) : [])];
}

/** What a channel shows of its stream. */
export function snapshotOf(
  stream: LiveStream,
  channel: StreamChannel,
  { layers, advice }: { readonly layers: readonly LiveLayer[]; readonly advice: readonly Advice[] },
): LiveSnapshot {
  const { id, title, state, startedAtMs, viewers, peakViewers, sources } = stream;
  if ((state !== 'live' && state !== 'reconnecting') || startedAtMs === undefined) return OFFLINE;
  const tracks = sources.map(({ kind, codec }) => ({ kind, codec: codec.name }));
  const { slug, isAdaptive = false } = channel;
  const startedAt = new Date(startedAtMs);
  return {
    live: state === 'live',
    state,
    stream: { id, slug, isAdaptive, title, startedAt, viewers, peakViewers, tracks, layers, advice },
  };
}
