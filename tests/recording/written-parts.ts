import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { RecorderAction } from '#src/recording/stream-recorder.ts';

const run = promisify(execFile);

/** The files that these actions make; one that was never ended is what a crash leaves behind. */
export function writtenParts(actions: readonly RecorderAction[]): Buffer[] {
  const parts: Buffer[] = [];
  for (const action of actions) {
    if (action.type === 'begin') {
      parts.push(Buffer.from(action.bytes));
      continue;
    }
    const part = Buffer.concat([parts.pop() ?? Buffer.alloc(0), action.bytes]);
    if (action.type === 'end') for (const { at, bytes } of action.patches) part.set(bytes, at);
    parts.push(part);
  }
  return parts;
}

export interface ProbedPacket {
  readonly codec_type: 'video' | 'audio';
  readonly pts_time: string;
  readonly flags: string;
}

export interface Probed {
  readonly format: { readonly format_name: string; readonly duration?: string };
  readonly streams: readonly { readonly codec_name: string; readonly width?: number; readonly height?: number }[];
  readonly packets: readonly ProbedPacket[];
}

/** What ffprobe finds in a file. */
export async function probed(file: Buffer): Promise<Probed> {
  const path = saved(file);
  const show = ['-show_format', '-show_streams', '-show_packets', '-of', 'json'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...show, path], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Probed;
}

/** Times as they are in the file, not those of a guessed frame rate. */
const EXACT = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];

/** The pictures and the words of ffmpeg, which decodes all of it; with `fromSeconds` from there on. */
export async function decoded(file: Buffer, fromSeconds?: number): Promise<{ pictures: number; words: string }> {
  const seek = fromSeconds === undefined ? [] : ['-ss', String(fromSeconds)];
  const args = ['-v', 'warning', '-progress', 'pipe:1', ...seek, '-i', saved(file), ...EXACT, '-f', 'null', '-'];
  const { stdout, stderr } = await run('ffmpeg', args);
  const pictures = Number(/frame=(\d+)\n(?![\s\S]*frame=)/.exec(stdout)?.[1] ?? 0);
  return { pictures, words: stderr };
}

function saved(file: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'part.mkv');
  writeFileSync(path, file);
  return path;
}
