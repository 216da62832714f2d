import { spentBetween } from '../measure/process-usage.ts';
import { spreadOf } from '../measure/statistics.ts';
import { medianOf, numbers, type Row } from '../report.ts';
import { onStage, type Stage } from '../stage.ts';

const BUDGET = 500;

interface Round {
  readonly perCore: number;
  readonly perSecond: number;
  readonly p50Ms: number;
}

/** From POST to DTLS done, per second of the server's CPU: with sound alone, and with a group of pictures to replay. */
export async function joins({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const rounds = isQuick ? { rounds: 2, count: 200 } : { rounds: 5, count: 300 };
  const sound = await onStage({ hasVideo: false }, (stage) => measureRounds(stage, rounds));
  const row = {
    what: 'joins a second and core of the server, POST to connected',
    budget: `>= ${BUDGET}`,
    measured: numbers(
      sound.map(({ perCore }) => perCore),
      0,
    ),
    isMet: medianOf(sound.map(({ perCore }) => perCore)) >= BUDGET,
    notes: `a stream of sound alone; ${describe(sound)}`,
  };
  if (isQuick) return [row];
  const pictures = await onStage({}, (stage) => measureRounds(stage, rounds));
  return [
    row,
    {
      what: 'the same with the cached group of pictures replayed to each',
      budget: '',
      measured: numbers(
        pictures.map(({ perCore }) => perCore),
        0,
      ),
      notes: `up to 600 packets each; ${describe(pictures)}`,
    },
  ];
}

async function measureRounds(stage: Stage, { rounds, count }: { rounds: number; count: number }): Promise<Round[]> {
  // The first joins compile the code that all later ones run.
  await stage.join(count);
  await stage.load.call('leave', {});
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = stage.usage();
    const { tookMs, eachMs } = await stage.join(count);
    const spent = spentBetween(before, stage.usage());
    measured.push({ perCore: count / spent.cpu, perSecond: (count * 1000) / tookMs, p50Ms: spreadOf(eachMs).p50 });
    await stage.load.call('leave', {});
  }
  return measured;
}

function describe(rounds: readonly Round[]): string {
  const perSecond = medianOf(rounds.map((round) => round.perSecond)).toFixed(0);
  const p50 = medianOf(rounds.map((round) => round.p50Ms)).toFixed(0);
  return `16 at a time, the viewers on the same two cores: ${perSecond} a second, each ${p50} ms (median)`;
}
