import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { texture } from './texture.ts';

const run = promisify(execFile);

const WORLD = { width: 1920, height: 1080 };
const SIZE = { width: 1280, height: 720 };
const FPS = 30;
const LOSSLESS = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-pix_fmt', 'yuv420p'];

/**
 * A camera that pans over a world with detail of all sizes, things that move before it, a cut in the middle, and grain.
 * Nothing of it is natural but its statistics; whoever has better pictures gives them by `--clip`.
 */
export class Clip {
  readonly width = SIZE.width;
  readonly height = SIZE.height;
  readonly seconds: number;
  readonly #folder: string;

  private constructor(folder: string, seconds: number) {
    this.#folder = folder;
    this.seconds = seconds;
  }

  /** Removed whatever happens. `file`: pictures to take in place of the made ones, from their beginning. */
  static async on<T>(
    { seconds, file }: { readonly seconds: number; readonly file?: string },
    act: (clip: Clip) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'freshet-clip-'));
    try {
      const clip = new Clip(folder, seconds);
      await (file === undefined ? clip.#make() : clip.#take(file));
      return await act(clip);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** 720p30 without loss. */
  get file(): string {
    return join(this.#folder, 'clip.mkv');
  }

  /** The same in so many lines, 16:9, without loss. */
  async inLines(lines: number): Promise<{ file: string; width: number; height: number }> {
    const width = 2 * Math.round((lines * SIZE.width) / SIZE.height / 2);
    const file = join(this.#folder, `clip-${lines}.mkv`);
    await ffmpeg(['-i', this.file, '-vf', `scale=${width}:${lines}:flags=bicubic`, ...LOSSLESS, file]);
    return { file, width, height: lines };
  }

  /** As a broadcaster's encoder sends it, with sound, in the format of the name. */
  async writeRecording(file: string): Promise<void> {
    await ffmpeg([
      ...['-i', this.file, '-f', 'lavfi', '-i', 'anoisesrc=r=48000:c=pink:a=0.1', '-t', String(this.seconds)],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-bf', '0', '-g', '60'],
      ...['-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '2500k', '-c:a', 'libopus', '-ac', '2', '-b:a', '128k'],
      file,
    ]);
  }

  async #make(): Promise<void> {
    const world = join(this.#folder, 'world.pam');
    const things = join(this.#folder, 'things.pam');
    await writeFile(world, texture({ ...WORLD, seed: 1 }));
    await writeFile(things, texture({ ...WORLD, seed: 2, cut: true }));
    const still = ['-loop', '1', '-framerate', String(FPS), '-t', String(this.seconds), '-i'];
    const isLater = `gte(t,${this.seconds / 2})`;
    const filters = [
      `[0:v]format=yuv420p,gblur=sigma=0.8,crop=${SIZE.width}:${SIZE.height}:x='mod(60*t+380*${isLater},640)':y='180+150*sin(0.5*t+2*${isLater})'[far]`,
      `[1:v]format=yuva420p,crop=${SIZE.width}:${SIZE.height}:x='mod(150*t+250*${isLater},640)':y='180-120*cos(0.9*t+${isLater})'[near]`,
      `[far][near]overlay=format=yuv420,noise=alls=3:allf=t:all_seed=3,format=yuv420p[out]`,
    ];
    const inputs = [...still, world, ...still, things];
    await ffmpeg([...inputs, '-filter_complex', filters.join(';'), '-map', '[out]', ...LOSSLESS, this.file]);
  }

  async #take(file: string): Promise<void> {
    const { width, height } = SIZE;
    const fit = `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},setsar=1,fps=${FPS}`;
    // A short one is shown again and again.
    const input = ['-stream_loop', '-1', '-i', file, '-t', String(this.seconds)];
    await ffmpeg([...input, '-map', '0:v:0', '-vf', fit, ...LOSSLESS, this.file]);
  }
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-y', ...args]);
}
