import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNGS, rungsFor } from '../../src/renditions/rungs.ts';
import { until } from '../../tests/support/until.ts';
import { cpuSoFar } from '../measure/cpu-so-far.ts';
import type { Clip } from './clip.ts';
import type { Cost, Spent } from './cost.ts';
import { argsOfFfmpeg, runPlain } from './plain-ffmpeg.ts';
import { TranscoderVenue } from './transcoder-venue.ts';

/** Of the recording in turns: the whole ladder, and each rung alone. */
interface Turns {
  readonly ladder: number;
  readonly rung: number;
}

/** A recording's ladder and each of its rungs, by a job of a transcoder and by ffmpeg with the same arguments. */
export function recordedCost(clip: Clip, turns: Turns): Promise<readonly Cost[]> {
  return TranscoderVenue.on(undefined, async (venue) => {
    const { width, height, seconds } = clip;
    const recording = await venue.newRecording({ width, height, seconds });
    await clip.writeRecording(recording.path);
    await recording.ready();
    const rungs = rungsFor({ width, height }, RUNGS);
    const works = [
      { what: `the ladder, ${rungs.map(({ height: lines }) => lines).join(', ')} lines`, rungs, turns: turns.ladder },
      ...rungs.map((rung) => ({ what: `${rung.height} lines alone`, rungs: [rung], turns: turns.rung })),
    ];
    const costs: Cost[] = [];
    for (const work of works.filter((one) => one.turns > 0)) {
      const [ours, plain]: [Spent[], Spent[]] = [[], []];
      for (let turn = 0; turn < work.turns; turn += 1) {
        const { spent, args } = await byTranscoder(venue, recording.id, { rungs: work.rungs });
        ours.push(spent);
        plain.push(await byFfmpeg(args));
      }
      costs.push({ what: work.what, videoSeconds: seconds, ours, plain });
    }
    return costs;
  });
}

/** From the job's row to its end: looking at the source, encoding, and putting everything in its place. */
async function byTranscoder(
  venue: TranscoderVenue,
  recordingId: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<{ spent: Spent; args: readonly string[] }> {
  const { pid } = venue.transcoder;
  const cpu = () => cpuSoFar(pid).own + cpuSoFar(pid).endedChildren;
  const [startMs, before] = [performance.now(), cpu()];
  const job = await venue.add({ kind: 'renditions', recordingId, detail });
  const seen = until('its ffmpeg runs', () => argsOfFfmpeg(pid, ['dash']), { timeoutMs: 60_000, everyMs: 100 });
  const [{ status, problem }, args] = await Promise.all([venue.ended(job), seen]);
  if (status !== 'done') throw new Error(`the job ended as ${status}: ${problem}`);
  const wallSeconds = (performance.now() - startMs) / 1_000;
  return { spent: { wallSeconds, cpuSeconds: cpu() - before }, args };
}

/** Into a folder of its own: the last argument is the manifest. */
async function byFfmpeg(args: readonly string[]): Promise<Spent> {
  const folder = await mkdtemp(join(tmpdir(), 'freshet-plain-'));
  try {
    const cpu = () => cpuSoFar(process.pid).endedChildren;
    const [startMs, before] = [performance.now(), cpu()];
    await runPlain([...args.slice(0, -1), join(folder, 'manifest.mpd')]);
    return { wallSeconds: (performance.now() - startMs) / 1_000, cpuSeconds: cpu() - before };
  } finally {
    await rm(folder, { recursive: true });
  }
}
