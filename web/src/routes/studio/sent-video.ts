/** What went out in the last second. */
export interface SentVideo {
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly limitedBy: 'none' | 'cpu' | 'bandwidth' | 'other';
  /** As the server reports them; absent before its first report. */
  readonly roundTripMs?: number;
  /** Of what was sent lately, lost on the way: 0 to 1. */
  readonly lossShare?: number;
  readonly bytes: number;
  readonly atMs: number;
}

/** `before` is what the last call returned; without it the bitrate is not known yet and reads 0. */
export function sentVideo(report: RTCStatsReport, before: SentVideo | undefined): SentVideo | undefined {
  for (const entry of report.values()) {
    if (entry.type !== 'outbound-rtp' || entry.kind !== 'video') continue;
    const bytes: number = entry.bytesSent ?? 0;
    const atMs: number = entry.timestamp;
    const isNewConnection = before !== undefined && bytes < before.bytes;
    const remote = report.get(entry.remoteId);
    return {
      bitrateBps: before && !isNewConnection ? ((bytes - before.bytes) * 8000) / (atMs - before.atMs) : 0,
      framesPerSecond: Math.round(entry.framesPerSecond ?? 0),
      width: entry.frameWidth ?? 0,
      height: entry.frameHeight ?? 0,
      limitedBy: entry.qualityLimitationReason ?? 'none',
      ...(remote?.roundTripTime !== undefined && { roundTripMs: remote.roundTripTime * 1000 }),
      ...(remote?.fractionLost !== undefined && { lossShare: remote.fractionLost }),
      bytes,
      atMs,
    };
  }
  return undefined;
}
