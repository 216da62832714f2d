import { describe, expect, test } from 'vitest';
import { ResendLimiter } from '../../src/transport/resend-limiter.ts';
import { seededRandom } from '../support/lossy-link.ts';

const ROUND_TRIP_MS = 50;
const PACKETS = 3000;

/** Asks once for a share of all packets from `start` on. The answers. */
function askFor(limiter: ResendLimiter, share: number, start = 100): number[] {
  const random = seededRandom(5);
  const answers: number[] = [];
  for (let seq = start; seq < start + PACKETS; seq += 1) {
    if (random() < share) answers.push(limiter.copies(seq, ROUND_TRIP_MS, seq * 4));
  }
  return answers;
}

describe('a packet that is asked for', () => {
  test('is sent once, and not again within the round trip', () => {
    const limiter = new ResendLimiter();
    expect(limiter.copies(7, ROUND_TRIP_MS, 1000)).toBe(1);
    expect(limiter.copies(7, ROUND_TRIP_MS, 1039)).toBe(0);
    expect(limiter.copies(8, ROUND_TRIP_MS, 1039)).toBe(1);
  });

  test('is sent twice when it is still missing after that: its first copy was lost', () => {
    const limiter = new ResendLimiter();
    limiter.copies(7, ROUND_TRIP_MS, 1000);
    expect(limiter.copies(7, ROUND_TRIP_MS, 1040)).toBe(2);
    expect(limiter.copies(7, ROUND_TRIP_MS, 1041)).toBe(0);
  });

  test('is sent once where hardly any are lost', () => {
    expect(askFor(new ResendLimiter(), 0.01).every((copies) => copies === 1)).toBe(true);
  });

  test('is sent twice at once where many are lost, as soon as that is known', () => {
    const answers = askFor(new ResendLimiter(), 0.05);
    const [unknown, known] = [answers.slice(0, 20), answers.slice(-100)];
    expect(unknown.every((copies) => copies === 1)).toBe(true);
    expect(known.every((copies) => copies === 2)).toBe(true);
  });

  test('is sent once where so many are lost that the link must be too thin', () => {
    expect(askFor(new ResendLimiter(), 0.3).every((copies) => copies === 1)).toBe(true);
  });

  test('is sent once again when the link has become good', () => {
    const limiter = new ResendLimiter();
    askFor(limiter, 0.05);
    const later = askFor(limiter, 0.005, 100 + PACKETS);
    expect(later.at(-1)).toBe(1);
  });
});
