import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { BrowserContext, Route } from 'playwright-core';
import { ffmpeg, requireTool } from './tools.ts';

const VIDEO = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-g', '15'];
const SIZES = ['-s:v:0', '320x180', '-b:v:0', '300k', '-s:v:1', '160x90', '-b:v:1', '60k'];

/** DASH as WebM in two sizes, made by ffmpeg in a folder of its own: live as long as it runs, or whole. */
export class DashOrigin {
  readonly folder = mkdtempSync(join(tmpdir(), 'freshet-dash-'));
  /** How the manifest is answered before it is there. */
  asked = 0;
  readonly #child;
  readonly #ended;

  private constructor(input: readonly string[], output: readonly string[]) {
    this.#child = spawn(
      requireTool(ffmpeg),
      [
        ...['-v', 'error', ...input, '-map', '0:v', '-map', '0:v', '-map', '1:a'],
        ...[...VIDEO, ...SIZES, '-c:a', 'libopus', '-b:a', '64k', '-adaptation_sets', 'id=0,streams=v id=1,streams=a'],
        ...['-f', 'dash', '-dash_segment_type', 'webm', ...output, join(this.folder, 'manifest.mpd')],
      ],
      { stdio: 'ignore' },
    );
    this.#ended = once(this.#child, 'exit');
  }

  /** With a past of half a minute. */
  static live(): DashOrigin {
    return new DashOrigin(sources(600, ['-re']), [
      '-seg_duration',
      '1',
      '-window_size',
      '30',
      '-extra_window_size',
      '5',
    ]);
  }

  static async recorded(seconds: number): Promise<DashOrigin> {
    const origin = new DashOrigin(sources(seconds), ['-seg_duration', '1', '-single_file', '1']);
    await origin.#ended;
    return origin;
  }

  /** In the place of what the server would answer for these addresses. */
  async serve(context: BrowserContext, pattern: RegExp): Promise<void> {
    await context.route(pattern, (route) => this.#answer(route));
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answer(route: Route): Promise<void> {
    this.asked++;
    const name = basename(new URL(route.request().url()).pathname);
    const file = read(join(this.folder, name));
    if (!file) return route.fulfill({ status: 503, headers: { 'retry-after': '1' } });
    const contentType = name.endsWith('.mpd') ? 'application/dash+xml' : 'video/webm';
    const range = /^bytes=(\d+)-(\d*)$/.exec((await route.request().headerValue('range')) ?? '');
    if (!range) return route.fulfill({ status: 200, contentType, body: file });
    const [start, end] = [Number(range[1]), Math.min(Number(range[2] || file.length - 1), file.length - 1)];
    const headers = { 'content-range': `bytes ${start}-${end}/${file.length}` };
    return route.fulfill({ status: 206, contentType, headers, body: file.subarray(start, end + 1) });
  }
}

function sources(seconds: number, pace: readonly string[] = []): readonly string[] {
  return [
    ...[...pace, '-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=15:duration=${seconds}`],
    ...[...pace, '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
  ];
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
