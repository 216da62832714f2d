import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VideoEncoder } from '../../transcoder/ffmpeg.ts';
import { liveArgs } from '../../transcoder/live/encoder-args.ts';
import { ladderArgs } from '../../transcoder/renditions/ladder-args.ts';
import type { QualityPoint } from './bd-rate.ts';

const run = promisify(execFile);
const FPS = 30;

interface Source {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** Makes `file` of the source. Names end as ffmpeg wants them. */
interface Encoding {
  readonly name: string;
  readonly file: string;
  encode(source: Source, bitrateBps: number, folder: string): Promise<unknown>;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly QualityPoint[];
}

export const CURVES = {
  recorded: 'AV1 as recordings get it',
  medium: 'x264 medium',
  live: 'AV1 as live streams get it',
  veryfast: 'x264 veryfast, one pass, as live servers do',
} as const;

/** Similarity with the source at each bitrate, of what our jobs make and of the x264 that it replaces. */
export async function qualityCurves(
  source: Source,
  bitratesBps: readonly number[],
  encoder: VideoEncoder,
): Promise<Readonly<Record<keyof typeof CURVES, Curve>>> {
  const curve = async (encoding: Encoding): Promise<Curve> => {
    const points: QualityPoint[] = [];
    for (const bitrateBps of bitratesBps) points.push(await pointOf(encoding, source, bitrateBps));
    return { name: encoding.name, points };
  };
  return {
    recorded: await curve(recorded(encoder)),
    medium: await curve(x264(CURVES.medium, ['-preset', 'medium', '-g', '120'])),
    live: await curve(live(encoder)),
    veryfast: await curve(x264(CURVES.veryfast, ['-preset', 'veryfast', '-bf', '0', '-g', '60'], true)),
  };
}

async function pointOf(encoding: Encoding, source: Source, bitrateBps: number): Promise<QualityPoint> {
  const folder = await mkdtemp(join(tmpdir(), 'freshet-quality-'));
  try {
    await encoding.encode(source, bitrateBps, folder);
    const file = join(folder, encoding.file);
    const { size } = await stat(file);
    return { bitrateBps: (size * 8) / source.seconds, ssim: await ssimOf(file, source.file) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Of all planes together. Pictures are compared by their numbers. */
async function ssimOf(file: string, source: string): Promise<number> {
  const numbered = (input: number) => `[${input}:v]setpts=N/${FPS}/TB`;
  const graph = `${numbered(0)}[a];${numbered(1)}[b];[a][b]ssim`;
  const { stderr } = await run('ffmpeg', [
    ...['-hide_banner', '-i', file, '-i', source, '-lavfi', graph, '-f', 'null', '-'],
  ]);
  const ssim = Number(/All:([\d.]+)/.exec(stderr)?.[1]);
  if (!(ssim > 0 && ssim < 1)) throw new Error(`no similarity was told of ${file}`);
  return ssim;
}

function recorded(encoder: VideoEncoder): Encoding {
  return {
    name: CURVES.recorded,
    file: '0.webm',
    encode: ({ file, width, height, seconds }, bitrateBps, folder) => {
      const ladder = { frame: { width, height }, framesPerSecond: FPS, rungs: [{ height, bitrateBps }] };
      const part = { file, hasVideo: true, hasAudio: false, seconds };
      const { inputs, options } = ladderArgs([part], { ...ladder, hasSound: false, encoder });
      const given = inputs.flatMap(({ file: name, options: before }) => [...before, '-i', name]);
      return run('ffmpeg', ['-v', 'error', ...given, ...options, join(folder, 'manifest.mpd')]);
    },
  };
}

function live(encoder: VideoEncoder): Encoding {
  return {
    name: CURVES.live,
    file: 'live.ivf',
    encode: async ({ file, width, height }, bitrateBps, folder) => {
      const rungs = [{ name: 'only', width, height, bitrateBps }];
      const args = liveArgs({ encoder, rungs, framesPerSecond: FPS, startSecond: 0 });
      const feed = spawn('ffmpeg', ['-v', 'error', '-i', file, '-c', 'copy', '-f', 'matroska', 'pipe:1'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const made = await open(join(folder, 'live.ivf'), 'w');
      const child = spawn('ffmpeg', ['-v', 'error', ...args], { stdio: ['pipe', made.fd, 'ignore'] });
      if (child.stdin) feed.stdout.pipe(child.stdin);
      const [code] = await once(child, 'exit');
      await made.close();
      if (code !== 0) throw new Error(`the live encoder ended with ${code}`);
    },
  };
}

function x264(name: string, options: readonly string[], isBounded = false): Encoding {
  return {
    name,
    file: 'x264.mkv',
    encode: ({ file }, bitrateBps, folder) => {
      const rate = String(bitrateBps);
      const bounds = isBounded ? ['-maxrate', rate, '-bufsize', rate] : [];
      const encoded = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...options, '-b:v', rate, ...bounds];
      return run('ffmpeg', ['-v', 'error', '-i', file, ...encoded, join(folder, 'x264.mkv')]);
    },
  };
}
