import type { VideoEncoder } from '../ffmpeg.ts';
import type { LiveRung } from './live-rungs.ts';

export interface EncoderOptions {
  readonly encoder: VideoEncoder;
  readonly rungs: readonly LiveRung[];
  readonly framesPerSecond: number;
}

/**
 * From Matroska on the standard input to IVF of each rung, on descriptors 1, 3, 4 and so on.
 *
 * Debian's SVT-AV1 sets no keyframe where it is asked to, but counts pictures. So pictures come at an even pace: then a
 * keyframe stands at each whole second, on every rung and after every new start, because the count begins at a second.
 * (`-fflags nobuffer` would break VP8.)
 */
export function liveArgs(options: EncoderOptions & { readonly startSecond: number }): string[] {
  const { rungs, framesPerSecond, startSecond } = options;
  const source = `[0:v]fps=${framesPerSecond}:start_time=${startSecond}:round=near`;
  return [
    ...['-probesize', '32', '-analyzeduration', '0', '-copyts', '-f', 'matroska', '-i', 'pipe:0'],
    ...['-filter_complex', scaledTo(source, rungs)],
    ...rungs.flatMap((rung, index) => [
      ...encoding(options, rung, index),
      ...['-f', 'ivf', '-flush_packets', '1', `pipe:${index === 0 ? 1 : index + 2}`],
    ]),
  ];
}

/** The same work on a picture of its own, as fast as it goes, thrown away. */
export function trialArgs(options: EncoderOptions & { readonly seconds: number }): string[] {
  const { rungs, framesPerSecond, seconds } = options;
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=${framesPerSecond}:duration=${seconds}`],
    ...['-filter_complex', scaledTo('[0:v]null', rungs)],
    ...rungs.flatMap((rung, index) => [...encoding(options, rung, index), '-f', 'null', '-']),
  ];
}

/** A picture that changes its shape in mid-stream keeps it within the frame. */
function scaledTo(source: string, rungs: readonly LiveRung[]): string {
  const branches = rungs.map((_, index) => `[s${index}]`).join('');
  const scales = rungs.map(({ width, height }, index) => {
    const fit = `scale=${width}:${height}:flags=bilinear:force_original_aspect_ratio=decrease`;
    return `[s${index}]${fit},pad=${width}:${height}:-1:-1,setsar=1,format=yuv420p[v${index}]`;
  });
  return [`${source},split=${rungs.length}${branches}`, ...scales].join(';');
}

function encoding({ encoder, framesPerSecond }: EncoderOptions, rung: LiveRung, index: number): string[] {
  const rate = ['-b:v', String(rung.bitrateBps), '-g', String(framesPerSecond)];
  const svt = ['-preset', '12', '-svtav1-params', 'pred-struct=1:rc=2:lp=1'];
  const aom = ['-usage', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-keyint_min', String(framesPerSecond)];
  return ['-map', `[v${index}]`, '-c:v', encoder, ...rate, ...(encoder === 'libsvtav1' ? svt : aom)];
}
