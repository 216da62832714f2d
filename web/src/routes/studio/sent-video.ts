import { type Entry, numberOf, textOf } from '#lib/player/stats-entry.ts';

/** What went out in the last second. */
export interface SentVideo {
  /** Of all layers together. */
  readonly bitrateBps: number;
  /** Of the largest layer that is sent, as all that follows. */
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  /** As `H264`; empty before anything was sent. */
  readonly codec: string;
  readonly limitedBy: 'none' | 'cpu' | 'bandwidth';
  /** How many layers are sent now. */
  readonly layers: number;
  /** As the server reports them; absent before its first report. */
  readonly roundTripMs: number | undefined;
  /** Of what was sent lately, lost on the way: 0 to 1. */
  readonly lossShare: number | undefined;
  readonly bytes: number;
  readonly atMs: number;
}

/** `before` is what the last call returned; without it the bitrate is not known yet and reads 0. */
export function sentVideo(report: ReadonlyMap<string, Entry>, before: SentVideo | undefined): SentVideo | undefined {
  const layers = [...report.values()].filter((one) => one['type'] === 'outbound-rtp' && one['kind'] === 'video');
  const sending = layers.filter((layer) => numberOf(layer, 'framesPerSecond') > 0);
  const [largest] = (sending.length > 0 ? sending : layers).toSorted(
    (a, b) => numberOf(b, 'frameHeight') - numberOf(a, 'frameHeight'),
  );
  if (!largest) return undefined;
  const bytes = layers.reduce((sum, layer) => sum + numberOf(layer, 'bytesSent'), 0);
  const atMs = numberOf(largest, 'timestamp');
  // A new connection counts from nothing.
  const isMeasurable = before !== undefined && bytes >= before.bytes && atMs > before.atMs;
  const heard = report.get(textOf(largest, 'remoteId'));
  const limit = textOf(largest, 'qualityLimitationReason');
  return {
    bitrateBps: isMeasurable ? ((bytes - before.bytes) * 8000) / (atMs - before.atMs) : 0,
    framesPerSecond: Math.round(numberOf(largest, 'framesPerSecond')),
    width: numberOf(largest, 'frameWidth'),
    height: numberOf(largest, 'frameHeight'),
    codec: textOf(report.get(textOf(largest, 'codecId')), 'mimeType').replace('video/', ''),
    limitedBy: limit === 'cpu' || limit === 'bandwidth' ? limit : 'none',
    layers: sending.length,
    roundTripMs: heard?.['roundTripTime'] === undefined ? undefined : numberOf(heard, 'roundTripTime') * 1000,
    lossShare: heard?.['fractionLost'] === undefined ? undefined : numberOf(heard, 'fractionLost'),
    bytes,
    atMs,
  };
}
