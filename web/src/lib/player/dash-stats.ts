import type { DashFigures } from '../dash/dash-figures.ts';
import { bitrate, codecName, delay } from '../format.ts';
import { words } from '../words/words.ts';
import type { Row } from './player-stats.ts';

/** The rows of the statistics while DASH is what is seen. */
export function dashStats(now: DashFigures): Row[] {
  const rows: (Row | undefined)[] = [
    now.height > 0 ? [words.stats.rows.picture, `${now.width}×${now.height}`] : undefined,
    [words.stats.rows.codecs, now.codecs.split(',').map(nameOf).join(' + ')],
    [words.stats.rows.received, bitrate(now.bitrateBps)],
    [words.stats.rows.link, bitrate(now.estimateBps)],
    now.latencyMs === undefined ? undefined : [words.stats.rows.behind, delay(now.latencyMs)],
    [words.stats.rows.buffered, delay(now.bufferMs)],
    [words.stats.rows.framesDropped, String(now.framesDropped)],
    [words.stats.rows.freezes, now.stalls === 0 ? words.stats.noFreezes : String(now.stalls)],
    [words.stats.rows.transport, words.stats.dash],
  ];
  return rows.filter((row) => row !== undefined);
}

/** `av01.0.04M.08` as `AV1`. */
function nameOf(codec: string): string {
  const [kind = ''] = codec.trim().split('.');
  return codecName({ av01: 'av1', vp09: 'vp9', avc1: 'h264' }[kind] ?? kind);
}
