import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ffmpeg, requireTool } from './tools.ts';

const run = promisify(execFile);

const MOST_OUTPUT = 1 << 28;
/** Mean brightness of a flash; of everything else it is half of that. */
const BRIGHT = 200;
/** A flash and a beep that are further apart than this are not the same moment's. */
const SAME_MOMENT_S = 0.9;

/** A flash with its beep. */
export interface Moment {
  readonly atS: number;
  /** How much later than the beep the flash is. */
  readonly offsetMs: number;
}

/** Every flash of a film, exactly, by the times in its file; `sound` where that is a file of its own. */
export async function momentsOf(pictures: string, sound = pictures): Promise<readonly Moment[]> {
  const [flashes, beeps] = await Promise.all([flashesOf(pictures), beepsOf(sound)]);
  return flashes.flatMap((atS) => {
    const distances = beeps.map((beepS) => atS - beepS);
    const nearest = distances.reduce(
      (best, one) => (Math.abs(one) < Math.abs(best) ? one : best),
      Number.POSITIVE_INFINITY,
    );
    return Math.abs(nearest) < SAME_MOMENT_S ? [{ atS, offsetMs: nearest * 1000 }] : [];
  });
}

async function flashesOf(file: string): Promise<readonly number[]> {
  const look = 'scale=64:36:flags=fast_bilinear,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-';
  const { stdout } = await run(
    requireTool(ffmpeg),
    [...['-v', 'error', '-i', file, '-map', '0:v:0', '-vf', look], ...['-fps_mode', 'passthrough', '-f', 'null', '-']],
    { maxBuffer: MOST_OUTPUT },
  );
  const pictures = stdout.matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g);
  const flashes: number[] = [];
  let wasBright = true;
  for (const [, atS, brightness] of pictures) {
    const isBright = Number(brightness) > BRIGHT;
    if (isBright && !wasBright) flashes.push(Number(atS));
    wasBright = isBright;
  }
  return flashes;
}

async function beepsOf(file: string): Promise<readonly number[]> {
  const { stderr } = await run(
    requireTool(ffmpeg),
    ['-v', 'info', '-i', file, '-map', '0:a:0', '-af', 'silencedetect=noise=0.1:d=0.3', '-f', 'null', '-'],
    { maxBuffer: MOST_OUTPUT },
  );
  return Array.from(stderr.matchAll(/silence_end: (\S+)/g), ([, atS]) => Number(atS));
}
