import { expect, it } from 'vitest';
import { recordedTicking, timesIn } from './ticking-stream.ts';

const MINUTES = 10;
/** A picture and a sound at the same instant are this close to each other in the file. */
const IN_STEP_MS = 40;

it.each([
  [100, -100],
  [-100, 100],
  [0, 100],
])(
  'after ten minutes of clocks that are %s and %s ppm off, sound and picture are in step',
  async (videoPpm, audioPpm) => {
    const [file = Buffer.alloc(0)] = recordedTicking({ seconds: MINUTES * 60, videoPpm, audioPpm });
    const { pictures, sounds } = await timesIn(file);
    expect(pictures).toHaveLength(MINUTES * 60);
    expect(sounds).toHaveLength(MINUTES * 60 * 50);
    // The picture of each second was captured with every fiftieth sound.
    const offsets = pictures.map((ms, second) => Math.abs(ms - (sounds[second * 50] ?? Number.NaN)));
    expect(Math.max(...offsets)).toBeLessThanOrEqual(IN_STEP_MS);
    const endMs = (MINUTES * 60 - 1) * 1_000;
    expect(Math.abs((pictures.at(-1) ?? 0) - endMs)).toBeLessThanOrEqual(IN_STEP_MS);
  },
);
