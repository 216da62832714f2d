import { describe, expect, test } from 'vitest';
import { DelayTrend } from '#src/media/delay-trend.ts';
import { seededRandom } from '../support/lossy-link.ts';

const frameMs = 33;
const seed = 42;

/** Sends pictures whose delay on the way is given by their number; true when the use was ever seen. */
function everSees(use: string, pictures: number, delayMsOf: (picture: number) => number): boolean {
  const trend = new DelayTrend();
  let hasSeen = false;
  for (let picture = 0; picture < pictures; picture++) {
    const sentMs = picture * frameMs;
    trend.packet(sentMs, sentMs + 1_000_000 + delayMsOf(picture));
    hasSeen ||= trend.use === use;
  }
  return hasSeen;
}

describe('the trend of the delay', () => {
  test('is none on a steady link, whatever the clocks say', () => {
    expect(everSees('overuse', 500, () => 30)).toBe(false);
    expect(everSees('underuse', 500, () => 30)).toBe(false);
  });

  test('is none when packets come a few milliseconds early or late', () => {
    const random = seededRandom(seed);
    expect(
      everSees('overuse', 2000, () => 30 + random() * 8),
      `seed ${seed}`,
    ).toBe(false);
  });

  test('shows a queue that grows by a tenth of the time within a second', () => {
    expect(everSees('overuse', 30, (picture) => picture * frameMs * 0.1)).toBe(true);
  });

  test('shows a queue that drains', () => {
    expect(everSees('underuse', 60, (picture) => Math.max(0, 500 - picture * frameMs * 0.3))).toBe(true);
  });

  test('shows a link that fell within the second picture that it takes too long for', () => {
    const trend = new DelayTrend();
    let seenMs: number | undefined;
    for (let picture = 0; picture < 40; picture++) {
      for (let part = 0; part < 10; part++) {
        const [sentMs, isThin] = [picture * frameMs, picture >= 30];
        const arrivedMs = isThin ? 30 * frameMs + ((picture - 30) * 10 + part) * 20 : sentMs + part * 2;
        trend.packet(sentMs, arrivedMs);
        if (trend.isFull) seenMs ??= arrivedMs - 30 * frameMs;
      }
    }
    expect(seenMs).toBeLessThan(250);
  });

  test('does not take a keyframe for a full link where it is gone after the next pictures', () => {
    const trend = new DelayTrend();
    let freeMs = 0;
    for (let picture = 0; picture < 300; picture++) {
      for (let part = 0; part < (picture % 60 === 59 ? 50 : 10); part++) {
        const sentMs = picture * frameMs;
        freeMs = Math.max(freeMs, sentMs) + 2;
        trend.packet(sentMs, freeMs);
        expect(trend.isFull, `${picture}`).toBe(false);
      }
    }
  });

  test('counts what is sent at once as one, however far apart it arrives', () => {
    const trend = new DelayTrend();
    for (let picture = 0; picture < 200; picture++) {
      for (let part = 0; part < 10; part++) {
        trend.packet(picture * frameMs + part / 10, picture * frameMs + part * 2);
        expect(trend.use).toBe('normal');
      }
    }
  });
});
