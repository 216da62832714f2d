/** What ffmpeg is told to make pictures with; pure. */

const THUMBNAIL_WIDTH = 640;
const POSTER_WIDTH = 1280;
/** Small and quickly made: it is seen for seconds. */
const THUMBNAIL_WEBP = ['-c:v', 'libwebp', '-quality', '70', '-compression_level', '2'] as const;
const WEBP = ['-c:v', 'libwebp', '-quality', '80', '-compression_level', '4'] as const;
/** Enough to tell whether there is anything to see. */
export const SAMPLE_SIDE = 16;

const fittingWidth = (width: number) => `scale=w='min(${width},iw)':h=-2`;
/** One picture is made by one thread, and more would only cost memory. */
const ONE_THREAD = ['-threads', '1'] as const;

/** Matroska on descriptor 0, WebP on 1. */
export function thumbnailArgs(): string[] {
  return [
    ...[...ONE_THREAD, '-f', 'matroska', '-i', 'pipe:0', '-frames:v', '1', '-an'],
    ...['-vf', fittingWidth(THUMBNAIL_WIDTH), ...THUMBNAIL_WEBP, '-f', 'image2pipe', 'pipe:1'],
  ];
}

interface Moment {
  readonly input: string;
  readonly seconds: number;
}

const seekTo = ({ input, seconds }: Moment) => [...ONE_THREAD, '-ss', seconds.toFixed(3), '-i', input];

/** The picture at a moment as a file, and what it is like in a few grey pixels on descriptor 1. */
export function posterArgs(moment: Moment, output: string): string[] {
  const sample = `scale=${SAMPLE_SIDE}:${SAMPLE_SIDE}:flags=area,format=gray`;
  return [
    ...seekTo(moment),
    ...['-filter_complex', `[0:v:0]split[a][b];[a]${fittingWidth(POSTER_WIDTH)}[poster];[b]${sample}[sample]`],
    ...['-map', '[poster]', '-frames:v', '1', ...WEBP, '-f', 'image2', '-update', '1', '-y', output],
    ...['-map', '[sample]', '-frames:v', '1', '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
  ];
}

export interface TileSize {
  readonly width: number;
  readonly height: number;
}

/** Nearest keyframe before the moment: nothing but it is decoded, however long the recording. */
export function tileArgs({ input, seconds }: Moment, { width, height }: TileSize, output: string): string[] {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1`;
  return [
    ...[...ONE_THREAD, '-skip_frame', 'nokey', '-noaccurate_seek', '-ss', seconds.toFixed(3), '-i', input],
    ...['-an', '-frames:v', '1', '-vf', `${fit},format=yuv420p`, '-f', 'image2', '-update', '1', '-y', output],
  ];
}

/** `pattern`: names of tiles counted from 0. */
export function sheetArgs(
  pattern: string,
  { columns, rows }: { columns: number; rows: number },
  output: string,
): string[] {
  return [
    ...['-f', 'image2', '-start_number', '0', '-i', pattern, '-frames:v', '1'],
    ...['-vf', `tile=${columns}x${rows}`, ...WEBP, '-f', 'image2', '-update', '1', '-y', output],
  ];
}
