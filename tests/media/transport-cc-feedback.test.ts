import { describe, expect, test } from 'vitest';
import { readTransportCc } from '#src/media/transport-cc-feedback.ts';
import { writeTransportCc } from '#src/media/transport-cc-packet.ts';
import { seededRandom } from '../support/lossy-link.ts';

const rtcpHeader = 12;

function written(deltas: readonly (number | undefined)[], baseSeq = 7, referenceTime = 5): Uint8Array {
  const report = { senderSsrc: 1, mediaSsrc: 2, baseSeq, referenceTime, feedbackCount: 3, deltas };
  return writeTransportCc(report).subarray(rtcpHeader);
}

describe('feedback on transport-wide numbers', () => {
  test('tells of each packet when it came, in quarters of a millisecond after the reference', () => {
    const feedback = readTransportCc(written([4, undefined, 2, -1, 1000], 65_530, 0xffffff));
    expect(feedback).toEqual({
      baseSeq: 65_530,
      referenceTime: 0xffffff,
      arrivalsMs: [1, undefined, 1.5, 1.25, 251.25],
    });
  });

  test('is read as it was written, whatever was lost', () => {
    const seed = 20261121;
    const random = seededRandom(seed);
    for (let round = 0; round < 500; round++) {
      const loss = random();
      const large = random() / 3;
      const deltas = Array.from({ length: 1 + Math.floor(random() * 80) }, () => {
        if (random() < loss) return undefined;
        return random() < large ? Math.floor(random() * 60_000) - 30_000 : Math.floor(random() * 256);
      });
      let ticks = 0;
      const arrivalsMs = deltas.map((delta) => {
        ticks += delta ?? 0;
        return delta === undefined ? undefined : ticks / 4;
      });
      expect(readTransportCc(written(deltas))?.arrivalsMs, `seed ${seed}, round ${round}`).toEqual(arrivalsMs);
    }
  });

  test('is refused when cut short anywhere before its padding', () => {
    // 8 bytes, one chunk, and deltas of 1 + 2 + 1 bytes: no padding.
    const whole = written([1, 300, 1]);
    expect(whole.length % 4).toBe(0);
    for (let length = 0; length < 14; length++) expect(readTransportCc(whole.subarray(0, length))).toBeUndefined();
  });

  test('with a forged number of packets costs nothing', () => {
    const whole = written(Array.from({ length: 100 }, () => 1));
    new DataView(whole.buffer, whole.byteOffset).setUint16(2, 65_535);
    expect(readTransportCc(whole)).toBeUndefined();
  });
});
