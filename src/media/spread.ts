import type { PublisherStats, SpreadName, SpreadStep, Spreads, ViewerStats } from './stats.ts';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1];

const BOUNDS: Readonly<Record<SpreadName, readonly number[]>> = {
  viewer_round_trip_seconds: SECONDS,
  viewer_loss_ratio: [0, 0.01, 0.02, 0.05, 0.1, 0.2],
  viewer_jitter_seconds: SECONDS,
  publisher_round_trip_seconds: SECONDS,
  layer_jitter_seconds: SECONDS,
  layer_keyframe_interval_seconds: [0.5, 1, 2, 4, 8, 16],
  layer_bitrate_bps: [100e3, 250e3, 500e3, 1e6, 2e6, 4e6, 8e6],
};

/** What is not known of a session is not counted. */
export function spreadsOf(sessions: readonly (PublisherStats | ViewerStats)[]): Spreads {
  const publishers = sessions.filter((session) => session.kind === 'publisher');
  const viewers = sessions.filter((session) => session.kind === 'viewer');
  const layers = publishers.flatMap(({ tracks }) => tracks).flatMap((track) => track.layers);
  const videoLayers = layers.filter(({ keyframes }) => keyframes > 0);
  const sent = viewers.flatMap(({ tracks }) => tracks);
  const values: Record<SpreadName, readonly (number | undefined)[]> = {
    viewer_round_trip_seconds: viewers.map(roundTripOf),
    viewer_loss_ratio: sent.map(({ lossShare }) => lossShare),
    viewer_jitter_seconds: sent.map(({ jitterMs }) => secondsOf(jitterMs)),
    publisher_round_trip_seconds: publishers.map(roundTripOf),
    layer_jitter_seconds: layers.map(({ jitterMs }) => secondsOf(jitterMs)),
    layer_keyframe_interval_seconds: videoLayers.map(({ keyframeIntervalMs }) => secondsOf(keyframeIntervalMs)),
    layer_bitrate_bps: videoLayers.map(({ bitrateBps }) => bitrateBps),
  };
  const names = Object.keys(values) as SpreadName[];
  return {
    counts: names.map((name) => ({ name, steps: spread(BOUNDS[name], values[name]) })),
    choices: choicesOf(viewers),
  };
}

function spread(bounds: readonly number[], values: readonly (number | undefined)[]): readonly SpreadStep[] {
  const known = values.filter((value) => value !== undefined);
  return [...bounds, Number.POSITIVE_INFINITY].map((bound) => ({
    bound,
    count: known.filter((value) => value <= bound).length,
  }));
}

function choicesOf(viewers: readonly ViewerStats[]): Spreads['choices'] {
  const choices: Spreads['choices'] = {};
  for (const { choice } of viewers) choices[choice.reason] = (choices[choice.reason] ?? 0) + 1;
  return choices;
}

const roundTripOf = ({ roundTripMs }: PublisherStats | ViewerStats) => secondsOf(roundTripMs);

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
