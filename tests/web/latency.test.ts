import { expect, test } from 'vitest';
import { LatencyMeter } from '../../web/src/lib/player/latency.ts';

const NOW_MS = 1_790_000_000_000;
const NTP_MS = NOW_MS + 2_208_988_800_000;
/** Thirty pictures more, each held back for 50 ms. */
const buffered = { jitterBufferDelay: 1.5, jitterBufferEmittedCount: 30 };

test('by the time of capture, where the streamer tells it', () => {
  const inbound = { ...buffered, estimatedPlayoutTimestamp: NTP_MS - 320 };
  expect(new LatencyMeter().measured(inbound, NOW_MS)).toEqual({ ms: 320, since: 'capture' });
});

test.each([
  ['is not told', undefined],
  ['is in the future, as of a clock that is ahead', NTP_MS + 5000],
  ['is a minute ago, as of a clock that is behind', NTP_MS - 60_000],
])('by what the browser holds back, where the time of capture %s', (_, estimatedPlayoutTimestamp) => {
  const inbound = { ...buffered, estimatedPlayoutTimestamp };
  expect(new LatencyMeter().measured(inbound, NOW_MS)).toEqual({ ms: 50, since: 'buffer' });
});

test('what is held back is that of the last pictures, not of all', () => {
  const meter = new LatencyMeter();
  meter.measured(buffered, NOW_MS);
  const later = { jitterBufferDelay: 1.5 + 3, jitterBufferEmittedCount: 40 };
  expect(meter.measured(later, NOW_MS)?.ms).toBeCloseTo(300);
  expect(meter.measured(later, NOW_MS)?.ms).toBeCloseTo(300);
});

test('nothing is said before a picture was shown', () => {
  expect(new LatencyMeter().measured({}, NOW_MS)).toBeUndefined();
});
