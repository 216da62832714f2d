import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpeg, requireTool } from '../../tests/support/tools.ts';

const run = promisify(execFile);

export const FPS = 30;
/** A picture's number is written into it in black and white, and once more the other way round. */
export const BITS = 9;
const SECONDS = 10;
const SIZE = { width: 640, height: 360 };
// Of the mean picture, in percent.
const MAX_KEYFRAME_PERCENT = 500;

export interface NumberedVideo {
  /** VP8, numbered from 0. */
  readonly pictures: readonly Buffer[];
  /** Each so many there is a keyframe. */
  readonly groupLength: number;
  readonly bitrateBps: number;
}

/** Enough noise to need its bitrate, encoded as a broadcaster's encoder does it. Not H264: Firefox may be without. */
export async function makeNumberedVideo(bitrateBps: number, groupSeconds: number): Promise<NumberedVideo> {
  const { width, height } = SIZE;
  const groupLength = FPS * groupSeconds;
  const folder = await mkdtemp(join(tmpdir(), 'freshet-numbered-'));
  const file = join(folder, 'video.ivf');
  try {
    await run(requireTool(ffmpeg), [
      ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${FPS}:duration=${SECONDS}`],
      ...['-vf', ['noise=alls=40:allf=t', ...numberBoxes()].join(',')],
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-auto-alt-ref', '0'],
      ...['-b:v', `${bitrateBps}`, '-maxrate', `${bitrateBps}`, '-bufsize', `${bitrateBps}`],
      ...['-max-intra-rate', `${MAX_KEYFRAME_PERCENT}`],
      ...['-g', `${groupLength}`, '-keyint_min', `${groupLength}`, '-pix_fmt', 'yuv420p', '-f', 'ivf', file],
    ]);
    return { pictures: picturesOf(await readFile(file)), groupLength, bitrateBps };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function numberBoxes(): string[] {
  const [w, h] = [Math.floor(SIZE.width / BITS), Math.floor(SIZE.height / 8)];
  const box = (bit: number, row: number, color: string, enable: string) =>
    `drawbox=x=${bit * w}:y=${row * h}:w=${w}:h=${h}:color=${color}:t=fill:enable='${enable}'`;
  return Array.from({ length: BITS }, (_, bit) => {
    const isSet = `mod(floor(n/${2 ** bit}),2)`;
    return [
      box(bit, 0, 'white', isSet),
      box(bit, 0, 'black', `not(${isSet})`),
      box(bit, 1, 'black', isSet),
      box(bit, 1, 'white', `not(${isSet})`),
    ];
  }).flat();
}

/** IVF: a head of 32 bytes, then each picture behind its length and time. */
function picturesOf(ivf: Buffer): Buffer[] {
  const pictures: Buffer[] = [];
  for (let at = 32; at + 12 <= ivf.length; ) {
    const length = ivf.readUInt32LE(at);
    pictures.push(ivf.subarray(at + 12, at + 12 + length));
    at += 12 + length;
  }
  return pictures;
}
