import { type Rung, type Size, sizeOf } from '#src/renditions/rungs.ts';
import type { VideoEncoder } from '../ffmpeg.ts';

export const SEGMENT_SECONDS = 4;
const SOUND_BPS = 96_000;
const SAMPLE_RATE = 48_000;
/** Sound that lags behind its times by less is stretched towards them, a fiftieth of a second in each. */
const HOLE_SECONDS = 0.01;

export interface SourcePart {
  readonly file: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly seconds: number;
}

export interface Ladder {
  /** In which all parts are shown; none where there is sound alone. */
  readonly frame?: Size;
  readonly framesPerSecond: number;
  readonly rungs: readonly Rung[];
  readonly hasSound: boolean;
  readonly encoder: VideoEncoder;
}

/** SVT-AV1 by a preset that keeps up with a recording on a few cores; libaom is only usable in its real-time mode. */
const ENCODERS: Readonly<Record<VideoEncoder, readonly string[]>> = {
  libsvtav1: ['-c:v', 'libsvtav1', '-preset', '9'],
  'libaom-av1': ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-row-mt', '1'],
};

/** One pass over all parts, end to end, into every rung and one sound. The output is a manifest beside a file for each. */
export function ladderArgs(
  parts: readonly SourcePart[],
  ladder: Ladder,
): { inputs: { file: string; options: readonly string[] }[]; options: readonly string[] } {
  const { rungs, hasSound, framesPerSecond, encoder } = ladder;
  const group = String(framesPerSecond * SEGMENT_SECONDS);
  const video = rungs.flatMap((_, index) => ['-map', `[out${index}]`]);
  const rates = rungs.flatMap(({ bitrateBps }, index) => [`-b:v:${index}`, String(bitrateBps)]);
  const sets = [...(rungs.length > 0 ? ['streams=v'] : []), ...(hasSound ? ['streams=a'] : [])];
  return {
    // Sizes may change within a part: the filters take that as it comes, and are not begun anew.
    inputs: parts.map(({ file, hasVideo }) => ({ file, options: hasVideo ? ['-reinit_filter', '0'] : [] })),
    options: [
      ...['-filter_complex', filters(parts, ladder)],
      ...video,
      ...(rungs.length > 0 ? [...ENCODERS[encoder], ...rates, '-g', group, '-keyint_min', group] : []),
      ...(hasSound ? ['-map', '[sound]', '-c:a', 'libopus', '-b:a', String(SOUND_BPS)] : []),
      ...['-f', 'dash', '-dash_segment_type', 'webm', '-single_file', '1'],
      ...['-single_file_name', '$RepresentationID$.webm', '-seg_duration', String(SEGMENT_SECONDS)],
      ...['-adaptation_sets', sets.map((set, id) => `id=${id},${set}`).join(' ')],
    ],
  };
}

/** Each part as picture and sound of the same shape, end to end; what a part lacks is black, or silence. */
function filters(parts: readonly SourcePart[], ladder: Ladder): string {
  const { frame, rungs, hasSound } = ladder;
  const hasPicture = frame !== undefined && rungs.length > 0;
  const chains = parts.flatMap((part, index) => [
    ...(hasPicture ? [pictureOf(part, index, frame, ladder)] : []),
    ...(hasSound ? [soundOf(part, index)] : []),
  ]);
  const pads = parts.map((_, index) => `${hasPicture ? `[v${index}]` : ''}${hasSound ? `[a${index}]` : ''}`).join('');
  const joined = `${hasPicture ? '[picture]' : ''}${hasSound ? '[sound]' : ''}`;
  chains.push(`${pads}concat=n=${parts.length}:v=${hasPicture ? 1 : 0}:a=${hasSound ? 1 : 0}${joined}`);
  if (!hasPicture) return chains.join(';');
  chains.push(`[picture]split=${rungs.length}${rungs.map((_, index) => `[in${index}]`).join('')}`);
  for (const [index, rung] of rungs.entries()) {
    const { width, height } = sizeOf(rung, frame);
    // The same shape to the digit: players refuse to switch between others.
    chains.push(`[in${index}]scale=${width}:${height},setdar=${frame.width}/${frame.height}[out${index}]`);
  }
  return chains.join(';');
}

function pictureOf({ hasVideo, seconds }: SourcePart, index: number, frame: Size, ladder: Ladder): string {
  const size = `${frame.width}:${frame.height}`;
  const rate = ladder.framesPerSecond;
  const even = `fps=${rate},format=yuv420p,setsar=1[v${index}]`;
  if (!hasVideo) return `color=black:s=${frame.width}x${frame.height}:r=${rate}:d=${seconds},${even}`;
  const fitted = `scale=${size}:force_original_aspect_ratio=decrease:force_divisible_by=2,pad=${size}:-1:-1:eval=frame`;
  return `[${index}:v:0]${fitted},${even}`;
}

function soundOf({ hasAudio, seconds }: SourcePart, index: number): string {
  if (!hasAudio) return `anullsrc=r=${SAMPLE_RATE}:cl=stereo:d=${seconds}[a${index}]`;
  // Where sound is missing, silence: what follows stays with its picture. What is less than `HOLE_SECONDS` may be a clock's.
  const filled = `aresample=${SAMPLE_RATE}:async=1000:min_hard_comp=${HOLE_SECONDS}:first_pts=0`;
  return `[${index}:a:0]${filled},aformat=channel_layouts=stereo[a${index}]`;
}
