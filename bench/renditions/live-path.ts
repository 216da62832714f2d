import { setTimeout as pause } from 'node:timers/promises';
import { cpuBelow } from '../measure/process-tree.ts';
import { spreadOf } from '../measure/statistics.ts';
import { onStage, type Stage } from '../stage.ts';
import { hdMedia, LadderedStream } from './live-ladder.ts';

/** One viewer in so many tells delays. */
const SAMPLE_EVERY = 5;
/** The encoder is past what it does first. */
const SETTLE_MS = 3_000;

export interface LivePathTurn {
  readonly delaysUs: Float64Array;
  readonly lost: number;
  /** Of one core: all that the server started, which is the database, the transcoder and its ffmpeg. */
  readonly below: number;
}

export interface LivePath {
  readonly viewers: number;
  readonly alone: readonly LivePathTurn[];
  readonly beside: readonly LivePathTurn[];
}

interface Lengths {
  readonly viewers: number;
  readonly pairs: number;
  readonly seconds: number;
}

/**
 * Delays at the viewers of one stream beside another one of 720p30, whose smaller pictures are made or not, in turns. The
 * encoder is that of the server's own transcoder, on the same cores.
 */
export function livePath({ viewers, pairs, seconds }: Lengths): Promise<LivePath> {
  const env = { TRANSCODERS: '1' };
  return onStage({ sampleEvery: SAMPLE_EVERY, env }, async (stage) => {
    const media = await hdMedia();
    await stage.join(viewers);
    await stage.settle();
    const [alone, beside]: [LivePathTurn[], LivePathTurn[]] = [[], []];
    for (let pair = 0; pair < pairs; pair += 1) {
      for (const hasLadder of [false, true]) {
        const name = `beside-${pair}-${hasLadder ? 'with' : 'without'}`;
        const stream = await LadderedStream.publish(stage, { name, media, hasLadder });
        try {
          await pause(SETTLE_MS);
          (hasLadder ? beside : alone).push(await turn(stage, seconds));
        } finally {
          await stream.stop();
        }
      }
    }
    return { viewers, alone, beside };
  });
}

async function turn(stage: Stage, seconds: number): Promise<LivePathTurn> {
  const before = cpuBelow(stage.server.pid);
  const { counts, server } = await stage.measure(seconds);
  const below = (cpuBelow(stage.server.pid) - before) / server.seconds;
  return { delaysUs: await stage.load.call('delaysUs', undefined), lost: counts.lost, below };
}

/** Milliseconds at one share of all packets. */
export function delayMs(turns: readonly LivePathTurn[], at: 'p50' | 'p99' | 'max'): number {
  return spreadOf(turns.flatMap(({ delaysUs }) => [...delaysUs]))[at] / 1_000;
}
