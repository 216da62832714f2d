import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

/** What renditions are made with: the first of the video encoders there is, and sound. */
const VIDEO_ENCODERS = ['libsvtav1', 'libaom-av1'] as const;
const AUDIO_ENCODER = 'libopus';
const ANSWER_MS = 10_000;

export interface Ffmpeg {
  readonly path: string;
  readonly version: string;
  /** Of those that matter here. */
  readonly encoders: readonly string[];
}

/** `problem`: what it can not be used for, or that it is not there at all. */
export type FoundFfmpeg = Partial<Ffmpeg> & { readonly problem?: string };

const run = promisify(execFile);

/** `named` (FFMPEG_PATH) and nothing else where it is given; then the one of npm, then the one in PATH. Never rejects. */
export async function findFfmpeg(named: string | undefined): Promise<FoundFfmpeg> {
  if (named !== undefined) return (await probe(named)) ?? { problem: 'FFMPEG_PATH names no ffmpeg that runs' };
  const ofNpm = ffmpegOfNpm();
  const found = (ofNpm === undefined ? undefined : await probe(ofNpm)) ?? (await probe('ffmpeg'));
  return found ?? { problem: 'not found: set FFMPEG_PATH, or install ffmpeg' };
}

async function probe(path: string): Promise<FoundFfmpeg | undefined> {
  try {
    const ask = (what: string) => run(path, ['-hide_banner', what], { timeout: ANSWER_MS });
    const [version, encoders] = await Promise.all([ask('-version'), ask('-encoders')]);
    return readProbe(path, version.stdout, encoders.stdout);
  } catch {
    return undefined;
  }
}

/** The output of `-version` and `-encoders`. */
export function readProbe(path: string, versionText: string, encodersText: string): FoundFfmpeg | undefined {
  const version = /^ffmpeg version (\S+)/.exec(versionText)?.[1];
  if (version === undefined) return undefined;
  const names = new Set(Array.from(encodersText.matchAll(/^ [VAS][\w.]{5} (\S+)/gm), ([, name]) => name));
  const encoders = [...VIDEO_ENCODERS, AUDIO_ENCODER].filter((name) => names.has(name));
  const missing = [
    ...(VIDEO_ENCODERS.some((name) => names.has(name)) ? [] : [VIDEO_ENCODERS.join(' or ')]),
    ...(names.has(AUDIO_ENCODER) ? [] : [AUDIO_ENCODER]),
  ];
  const problem = missing.length > 0 ? { problem: `ffmpeg has no ${missing.join(', no ')}` } : {};
  return { path, version, encoders, ...problem };
}

/** The package may be absent, or there without its program, which it fetches when it is installed. */
function ffmpegOfNpm(): string | undefined {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    if (typeof path !== 'string') return undefined;
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
