import type { LiveLayer } from './live-events.ts';
import type { LayerStats } from './ports.ts';

/** What transcoders make of every stream that has more lines; more where a machine has the time. */
const LINES = [480, 240] as const;

const NOTHING_SENT = {
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
} as const satisfies Omit<LayerStats, 'rid'>;

/** Layers of an adaptive stream that are made when a viewer asks for them, and are not made now. */
export function onDemandLayers(published: readonly LayerStats[], made: readonly LayerStats[]): readonly LiveLayer[] {
  const { width = 0, height = 0 } = published.toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0))[0] ?? {};
  const shorter = Math.min(width, height);
  const isThere = (name: string) => [...published, ...made].some(({ rid }) => rid === name);
  return LINES.filter((lines) => lines < shorter && !isThere(nameOf(lines))).map((lines) => ({
    ...NOTHING_SENT,
    rid: nameOf(lines),
    width: even((width * lines) / shorter),
    height: even((height * lines) / shorter),
    isRendition: true,
    isOnDemand: true,
    codec: 'av1',
  }));
}

function nameOf(lines: number): string {
  return `${lines}p`;
}

/** As encoders want it. */
function even(side: number): number {
  return 2 * Math.round(side / 2);
}
