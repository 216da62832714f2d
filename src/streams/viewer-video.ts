import type { CodecName, EgressTrackPlan } from '../media/plan.ts';
import type { LiveLayer } from './live-events.ts';

/** The video of a viewer's session. */
export interface ViewerVideo {
  /** Of the m-lines the one that it has. */
  readonly index: number;
  /** All that it can be sent in. */
  readonly codecs: readonly CodecName[];
}

/** `undefined`: there is none, or it has no m-line. */
export function viewerVideo(tracks: readonly EgressTrackPlan[], index: number | undefined): ViewerVideo | undefined {
  const track = tracks.find(({ kind }) => kind === 'video');
  if (!track || index === undefined) return undefined;
  return { index, codecs: track.payloads.map(({ codec }) => codec.name) };
}

/** Those that this viewer can be shown: what is made here is AV1, which not every browser takes. */
export function layersFor({ codecs }: ViewerVideo, layers: readonly LiveLayer[]): readonly LiveLayer[] {
  return layers.filter(({ codec }) => codec === undefined || codecs.includes(codec));
}
