import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../tests/support/until.ts';
import { FedServer } from '../../tests/transcoder/live/fed-server.ts';
import { cpuSoFar } from '../measure/cpu-so-far.ts';
import { cpuBelow, cpuOf } from '../measure/process-tree.ts';
import type { Cost, Spent } from './cost.ts';
import { argsOfFfmpeg, startPlain } from './plain-ffmpeg.ts';
import { TranscoderVenue } from './transcoder-venue.ts';

const TOKEN = 'of-this-stream';
/** The encoder has begun, and is past what it does first. */
const SETTLE_MS = 3_000;
const FIRST_PICTURE_MS = 60_000;

/** CPU of the live ladder of a stream, by a transcoder and by ffmpeg that is fed the same at the same pace. */
export async function liveCost(
  recording: string,
  { turns, seconds }: { turns: number; seconds: number },
): Promise<Cost> {
  const feed = ['-re', '-stream_loop', '-1', '-i', recording, '-c', 'copy'];
  // More than turns: an encoder that was too slow for a moment is begun anew.
  const server = await FedServer.start({ token: TOKEN, feeds: Array.from({ length: 3 * turns }, () => feed) });
  try {
    return await TranscoderVenue.on(server.url, async (venue) => {
      const [ours, plain]: [Spent[], Spent[]] = [[], []];
      let lines = '';
      for (let turn = 0; turn < turns; turn += 1) {
        const { spent, args } = await byTranscoder(venue, server, seconds);
        ours.push(spent);
        plain.push(await byFfmpeg(args, feed, seconds));
        lines = linesOf(args.join(' '));
      }
      return { what: `live, 720p30 to ${lines} lines`, videoSeconds: seconds, ours, plain };
    });
  } finally {
    await server.close();
  }
}

function linesOf(filters: string): string {
  return Array.from(filters.matchAll(/scale=\d+:(\d+)/g), ([, lines]) => lines).join(', ');
}

async function byTranscoder(
  venue: TranscoderVenue,
  server: FedServer,
  seconds: number,
): Promise<{ spent: Spent; args: readonly string[] }> {
  const { pid } = venue.transcoder;
  const before = server.layers.length;
  const detail = { token: TOKEN, windowSeconds: 60 };
  const job = await venue.add({ kind: 'live', streamId: crypto.randomUUID(), detail });
  const isMade = () => (server.layers[before]?.times.length ?? 0) > 0;
  await until('pictures come back', isMade, { timeoutMs: FIRST_PICTURE_MS });
  const args = argsOfFfmpeg(pid, ['ivf']);
  if (!args) throw new Error('no ffmpeg makes them');
  await pause(SETTLE_MS);
  const layers = server.layers.slice(before);
  const pictures = () => Math.min(...layers.map(({ times }) => times.length));
  const madeBefore = pictures();
  const spent = await during(seconds, () => cpuOf(pid) + cpuBelow(pid));
  const missing = seconds * 30 - (pictures() - madeBefore);
  if (missing > 30) throw new Error(`the transcoder did not keep up: ${missing} pictures too few`);
  await venue.db.jobs.cancel(job.id);
  await until('its ffmpeg is gone', () => argsOfFfmpeg(pid, ['ivf']) === undefined);
  return { spent, args };
}

async function byFfmpeg(args: readonly string[], feed: readonly string[], seconds: number): Promise<Spent> {
  const child = startPlain(args, 'pipe');
  const feeding = spawn('ffmpeg', ['-v', 'error', ...feed, '-f', 'matroska', '-flush_packets', '1', 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    child.stdin?.on('error', () => {});
    if (child.stdin) feeding.stdout.pipe(child.stdin);
    const pid = child.pid ?? 0;
    await until('it encodes', () => cpuSoFar(pid).own > 0.5, { timeoutMs: FIRST_PICTURE_MS });
    await pause(SETTLE_MS);
    const spent = await during(seconds, () => cpuOf(pid));
    if (child.exitCode !== null) throw new Error('plain ffmpeg ended too early');
    return spent;
  } finally {
    await Promise.all([feeding, child].map(kill));
  }
}

async function during(seconds: number, cpu: () => number): Promise<Spent> {
  const [startMs, before] = [performance.now(), cpu()];
  await pause(seconds * 1_000);
  return { wallSeconds: (performance.now() - startMs) / 1_000, cpuSeconds: cpu() - before };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
