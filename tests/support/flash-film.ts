import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpeg, requireTool } from './tools.ts';

const run = promisify(execFile);

/** From one flash, and its beep, to the next. */
export const FLASH_EVERY_S = 2;
const FPS = 30;
const FLASH_S = 0.1;
/** Of pictures, over and over: to encode all of a long film would take as long as to see it. */
const LOOP_S = 10;

const PICTURE = `drawbox=color=white:t=fill:enable=lt(mod(n\\,${FPS * FLASH_EVERY_S})\\,${FPS * FLASH_S})`;
const SOUND = `0.5*sin(2*PI*1000*t)*lt(mod(t\\,${FLASH_EVERY_S})\\,${FLASH_S})`;

/** A film for encoders that copy: every two seconds, from the first picture on, it flashes and beeps at once. */
export async function makeFlashFilm(
  file: string,
  { seconds, width = 1280, height = 720, bitrateKbps = 1500 }: FilmShape,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'freshet-film-'));
  try {
    const [pictures, sound] = [join(folder, 'pictures.mp4'), join(folder, 'sound.opus')];
    const rate = `${bitrateKbps}k`;
    const made = (...args: readonly string[]) => run(requireTool(ffmpeg), ['-v', 'error', '-y', ...args]);
    await made(
      ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${FPS}:duration=${LOOP_S},${PICTURE}`],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-pix_fmt', 'yuv420p', '-bf', '0'],
      ...['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-g', String(FPS * FLASH_EVERY_S), '-sc_threshold', '0'],
      pictures,
    );
    await made(
      ...['-f', 'lavfi', '-i', `aevalsrc=${SOUND}|${SOUND}:s=48000:d=${seconds}`],
      ...['-c:a', 'libopus', '-b:a', '96k', '-frame_duration', '20', sound],
    );
    const both = ['-stream_loop', '-1', '-i', pictures, '-i', sound, '-map', '0:v', '-map', '1:a'];
    await made(...both, '-c', 'copy', '-t', String(seconds), file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface FilmShape {
  readonly seconds: number;
  readonly width?: number;
  readonly height?: number;
  readonly bitrateKbps?: number;
}
