import { describe, expect, it } from 'vitest';
import { type Fate, recordedTicking, timesIn } from './ticking-stream.ts';

const BEFORE_S = 12;
const AFTER_S = 13;
/** A picture and a sound at the same instant are this close to each other in the file. */
const IN_STEP_MS = 40;

/** Captured times of what arrived, in milliseconds. */
function captured(everyMs: number, seconds: number, arrives: (ms: number) => boolean): number[] {
  return Array.from({ length: (seconds * 1_000) / everyMs }, (_, index) => index * everyMs).filter(arrives);
}

const furthest = (times: readonly number[], truth: readonly number[]) =>
  Math.max(...times.map((ms, index) => Math.abs(ms - (truth[index] ?? Number.NaN))));

describe.each([3, 30])('%i seconds', (gapS) => {
  it.each<[string, Fate, readonly string[]]>([
    ['in which nothing gets through', 'lost', ['video', 'audio']],
    ['in which an encoder sends nothing', 'never sent', ['video', 'audio']],
    ['without a picture', 'never sent', ['video']],
    ['in which no picture gets through', 'lost', ['video']],
    ['without sound', 'never sent', ['audio']],
  ])('%s: picture and sound are in step afterwards, and nothing is shortened', async (_, fate, kinds) => {
    const seconds = BEFORE_S + gapS + AFTER_S;
    const isGap = (ms: number) => ms >= BEFORE_S * 1_000 && ms < (BEFORE_S + gapS) * 1_000;
    const has = (kind: string) => (ms: number) => !(isGap(ms) && kinds.includes(kind));
    const [file = Buffer.alloc(0), ...others] = recordedTicking({
      seconds,
      fate: (kind, ms) => (has(kind)(ms) ? 'arrives' : fate),
    });
    expect(others).toEqual([]);
    const { pictures, sounds } = await timesIn(file);
    const expected = { pictures: captured(1_000, seconds, has('video')), sounds: captured(20, seconds, has('audio')) };
    expect(pictures).toHaveLength(expected.pictures.length);
    expect(sounds).toHaveLength(expected.sounds.length);
    expect(furthest(pictures, expected.pictures)).toBeLessThanOrEqual(IN_STEP_MS);
    expect(furthest(sounds, expected.sounds)).toBeLessThanOrEqual(IN_STEP_MS);
  });
});
