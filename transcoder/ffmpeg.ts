import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { Readable, Writable } from 'node:stream';
import fluent from 'fluent-ffmpeg';
import type { FoundFfmpeg } from '#src/ffmpeg.ts';
import { ffmpegWords } from './ffmpeg-words.ts';
import { JobFailure } from './job-failure.ts';

/** Streams go first, on a machine that also serves. */
const NICENESS = 10;
const KEPT_STDERR = 8_192;
/** At least two, as they are given one by one; a picture without a time gets one. */
const READ = ['-fflags', '+genpts'] as const;
const QUIET = ['-hide_banner', '-nostdin', '-v', 'error'] as const;

export type VideoEncoder = 'libsvtav1' | 'libaom-av1';

export interface FileRun {
  readonly inputs: readonly { readonly file: string; readonly options?: readonly string[] }[];
  /** Everything between the inputs and the output's name. */
  readonly options: readonly string[];
  readonly output: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (now: RunProgress) => void;
}

/** Up to where the output has come. */
export interface RunProgress {
  readonly seconds: number;
  readonly frames: number;
}

export interface PipeRun {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly niceness?: number;
  /** Descriptors beside 0 and 1 that it writes to: 3, 4 and so on. */
  readonly furtherOutputs?: number;
}

export interface FfmpegPipes {
  readonly pid: number | undefined;
  readonly input: Writable;
  /** Descriptor 1, then the further ones. */
  readonly outputs: readonly Readable[];
  /** Rejects with ffmpeg's words, or with the signal's reason. */
  readonly ended: Promise<void>;
}

/** The ffmpeg of this machine. What it is given runs until it ends by itself or `signal` kills it. */
export class Ffmpeg {
  readonly path: string;
  readonly videoEncoder: VideoEncoder;

  private constructor(path: string, videoEncoder: VideoEncoder) {
    this.path = path;
    this.videoEncoder = videoEncoder;
  }

  /** Or why it can not transcode. */
  static of({ path, encoders = [], problem }: FoundFfmpeg): Ffmpeg | string {
    const encoder = encoders.includes('libsvtav1') ? 'libsvtav1' : 'libaom-av1';
    return path === undefined || problem !== undefined ? (problem ?? 'not found') : new Ffmpeg(path, encoder);
  }

  /** From files to files. */
  async run({ inputs, options, output, signal, onProgress }: FileRun): Promise<void> {
    signal.throwIfAborted();
    const command = fluent({ niceness: NICENESS, stdoutLines: 100 }).setFfmpegPath(this.path);
    // One by one: in a list, what has a space would be cut in two.
    for (const { file, options: before = [] } of inputs) command.input(file).inputOptions(...READ, ...before);
    command.outputOptions(...QUIET, '-stats', ...options).output(output);
    command.on('progress', ({ timemark, frames }) => {
      const seconds = secondsOf(timemark);
      if (seconds !== undefined) onProgress?.({ seconds, frames });
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const kill = () => command.kill('SIGKILL');
    command.on('start', () => {
      signal.addEventListener('abort', kill);
      if (signal.aborted) kill();
    });
    command.on('end', () => resolve());
    command.on('error', (cause, _stdout, stderr) => {
      reject(signal.aborted ? signal.reason : failure(stderr ?? '', cause));
    });
    command.run();
    await promise.finally(() => signal.removeEventListener('abort', kill));
  }

  /** From a pipe to pipes, as it comes. */
  pipe({ args, signal, niceness = NICENESS, furtherOutputs = 0 }: PipeRun): FfmpegPipes {
    const further = Array.from({ length: furtherOutputs }, () => 'pipe' as const);
    const child = spawn(this.path, ['-hide_banner', '-v', 'error', ...args], {
      stdio: ['pipe', 'pipe', 'pipe', ...further],
      signal,
      killSignal: 'SIGKILL',
    });
    if (child.pid !== undefined) lowerPriority(child.pid, niceness);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT_STDERR);
    });
    // Whoever writes to it learns by `ended` that it is gone.
    child.stdin?.on('error', () => {});
    const outputs = [child.stdout, ...child.stdio.slice(3)].filter((stream) => stream instanceof Readable);
    if (!(child.stdin instanceof Writable)) throw new Error('ffmpeg has no input');
    const ended = once(child, 'close').then(
      ([code, killedBy]) => {
        signal.throwIfAborted();
        if (code !== 0) throw failure(stderr, new Error(`ffmpeg ended with ${killedBy ?? code}`));
      },
      (cause: unknown) => {
        signal.throwIfAborted();
        throw failure(stderr, cause);
      },
    );
    ended.catch(() => {});
    return { pid: child.pid, input: child.stdin, outputs, ended };
  }
}

function failure(stderr: string, cause: unknown): JobFailure {
  const words = ffmpegWords(stderr) || (cause instanceof Error ? cause.message : String(cause));
  return new JobFailure(`ffmpeg: ${words}`, { cause });
}

function secondsOf(timemark: string): number | undefined {
  const [hours, minutes, seconds] = timemark.split(':').map(Number);
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return Number.isFinite(total) && total >= 0 ? total : undefined;
}

function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already.
  }
}
