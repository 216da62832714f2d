import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { FuzzTarget } from './target.ts';
import { targets } from './targets.ts';

const USAGE = `npm run fuzz -- [--minutes M] [--only NAME] [--seed N]
    feeds mutated and random input to every edge of the server for M minutes in all (5)
    --only   ${targets.map(({ name }) => name).join(', ')}
    --seed   of the first round, to see a failure again`;

/** Caches and compiled code settle before heaps are compared. */
const WARM_UP_ROUNDS = 2;
const MAX_GROWTH_MB = 16;

interface Outcome {
  readonly runs: number;
  readonly growthMb: number;
  readonly failure: string | undefined;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heapMb(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** Rounds of a second or so, each with its own seed, until the time is over or something fails. */
async function fuzz(target: FuzzTarget, firstSeed: number, seconds: number): Promise<Outcome> {
  const until = performance.now() + seconds * 1000;
  let settledMb: number | undefined;
  let rounds = 0;
  do {
    const seed = (firstSeed + rounds) | 0;
    const details = await fc.check(target.property, { seed, numRuns: target.runsASecond, includeErrorInReport: true });
    rounds += 1;
    if (details.failed) {
      const report = await fc.asyncDefaultReportMessage(details);
      const again = `npm run fuzz -- --only '${target.name}' --seed ${seed}`;
      return { runs: rounds * target.runsASecond, growthMb: 0, failure: `${report}\n\nTo see it again: ${again}` };
    }
    if (rounds === WARM_UP_ROUNDS) settledMb = heapMb();
  } while (performance.now() < until);
  const growthMb = settledMb === undefined ? 0 : heapMb() - settledMb;
  const failure = growthMb > MAX_GROWTH_MB ? `the heap grew by ${growthMb.toFixed(1)} MB` : undefined;
  return { runs: rounds * target.runsASecond, growthMb, failure };
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      only: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() & 0x7fffffff) },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  const chosen = targets.filter(({ name }) => values.only === undefined || name === values.only);
  if (!(minutes > 0)) throw new Error(`${values.minutes} minutes`);
  if (!Number.isInteger(seed)) throw new Error(`${values.seed} is no whole number`);
  if (chosen.length === 0) throw new Error(`${values.only}: no such target`);
  return { isHelp: values.help, minutes, seed, chosen };
}

async function main(): Promise<void> {
  const { isHelp, minutes, seed, chosen } = readOptions();
  if (isHelp) return console.log(USAGE);
  console.log(`seed ${seed}, ${minutes} min\n`);
  console.log(`${'edge'.padEnd(18)}${'inputs'.padStart(12)}${'heap, MB'.padStart(12)}`);
  for (const target of chosen) {
    const { runs, growthMb, failure } = await fuzz(target, seed, (minutes * 60) / chosen.length);
    const growth = `${growthMb < 0 ? '' : '+'}${growthMb.toFixed(1)}`;
    console.log(`${target.name.padEnd(18)}${String(runs).padStart(12)}${growth.padStart(12)}`);
    if (failure !== undefined) {
      console.error(`\n${target.name}: ${failure}\n`);
      process.exitCode = 1;
    }
  }
  for (const { close } of targets) await close?.();
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(`\n${USAGE}`);
  process.exitCode = 2;
}
