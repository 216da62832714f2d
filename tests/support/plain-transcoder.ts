import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterTest } from './after-test.ts';
import { ffmpeg, requireTool } from './tools.ts';

interface Job {
  /** Of the live stream's internal routes. */
  readonly url: string;
  readonly token: string;
  readonly height: number;
  readonly bitrateKbps: number;
  /** Pictures from keyframe to keyframe. */
  readonly groupLength?: number;
  /** As a slower machine would be behind. */
  readonly behindMs?: number;
}

/** One rung of a live stream by ffmpeg: what it reads of the server it gives back smaller. */
export class PlainTranscoder {
  readonly #child: ChildProcess;
  readonly #abort = new AbortController();
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit');
  }

  static async start({
    url,
    token,
    height,
    bitrateKbps,
    groupLength = 30,
    behindMs = 0,
  }: Job): Promise<PlainTranscoder> {
    const child = spawn(
      requireTool(ffmpeg),
      [
        ...['-v', 'error', '-fflags', 'nobuffer', '-probesize', '32', '-analyzeduration', '0'],
        ...['-threads', '1'],
        ...['-copyts', '-i', 'pipe:0', '-map', '0:v', '-vf', `scale=-2:${height}`, '-pix_fmt', 'yuv420p'],
        ...['-c:v', 'libsvtav1', '-preset', '12', '-svtav1-params', 'pred-struct=1:rc=2:lp=1:lookahead=0'],
        ...['-b:v', `${bitrateKbps}k`, '-g', `${groupLength}`, '-enc_time_base', '1:1000', '-fps_mode', 'passthrough'],
        ...['-f', 'ivf', '-flush_packets', '1', 'pipe:1'],
      ],
      { stdio: ['pipe', 'pipe', process.env['TRANSCODER_WORDS'] ? 'inherit' : 'ignore'] },
    );
    const transcoder = new PlainTranscoder(child);
    afterTest(() => transcoder.kill());
    await transcoder.#connect(url, token, `${height}p`, behindMs);
    return transcoder;
  }

  /** As a crash ends it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#abort.abort();
    await this.#ended;
  }

  async #connect(url: string, token: string, name: string, behindMs: number): Promise<void> {
    const authorization = `Bearer ${token}`;
    const { signal } = this.#abort;
    const feed = await fetch(`${url}/feed`, { headers: { authorization }, signal });
    const { stdin, stdout } = this.#child;
    if (!feed.ok || !feed.body || !stdin || !stdout) throw new Error(`no feed: ${feed.status}`);
    Readable.fromWeb(feed.body)
      .on('error', () => {})
      .pipe(stdin)
      .on('error', () => {});
    const headers = { authorization, 'content-type': 'video/x-ivf' };
    const post = request(`${url}/layers/${name}`, { method: 'POST', headers, signal });
    post.on('error', () => {}).on('response', (response) => response.resume());
    stdout.on('data', (bytes: Buffer) => setTimeout(() => post.write(bytes), behindMs));
  }
}
