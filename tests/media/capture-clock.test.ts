import { describe, expect, test } from 'vitest';
import { CaptureClock, SenderClock } from '#src/media/capture-clock.ts';
import { input, makeLayer, pushed } from './packets.ts';

const ntpHigh = 3_970_000_000;
const ntpMs = ntpHigh * 1000;

test('without sender reports the first arrival is the anchor, through many wraps of the timestamp', () => {
  const clock = new CaptureClock(90_000, new SenderClock());
  let ms = 5000;
  for (let timestamp = 0xfffffff0, i = 0; i < 1000; i++, timestamp += 90_000 * 600, ms += 600_000) {
    clock.packet(timestamp >>> 0, ms + (i % 7));
    expect(clock.msOf(timestamp >>> 0)).toBeCloseTo(ms, 3);
  }
});

test('sound and picture keep the distance that the sender reports give them, whenever these arrive', () => {
  const sender = new SenderClock();
  const audio = makeLayer({ kind: 'audio', clockRate: 48_000, clock: sender });
  const video = makeLayer({ clock: sender });
  pushed(audio, input(0, { codec: 'opus', timestamp: 1000 }), 100);
  pushed(video, input(0, { timestamp: 5000 }), 900);
  audio.senderReport({ ntpHigh, ntpLow: 0, rtpTimestamp: 1000, octetCount: 0 }, 130);
  video.senderReport({ ntpHigh, ntpLow: 2 ** 32 / 5, rtpTimestamp: 5000, octetCount: 0 }, 1000);
  expect(video.capturedMsOf(5000) - audio.capturedMsOf(1000)).toBeCloseTo(200, 6);
  expect(audio.capturedMsOf(1000)).toBeCloseTo(130, 6);
  expect(audio.capturedMsOf(1000 - 48)).toBeCloseTo(129, 6);
});

test('a publisher with another clock gives times on the same clock as the one before', () => {
  const sender = new SenderClock();
  expect(sender.toLocalMs(ntpMs, 1000)).toBe(1000);
  expect(sender.toLocalMs(ntpMs + 500, 1540)).toBe(1500);
  expect(sender.toLocalMs(42, 60_000)).toBe(60_000);
  expect(sender.toLocalMs(542, 60_520)).toBe(60_500);
});

describe('a sender report of zero time', () => {
  test('comes from a sender without a clock, and moves nothing', () => {
    const layer = makeLayer();
    pushed(layer, input(0, { timestamp: 9000 }), 50);
    layer.senderReport({ ntpHigh: 0, ntpLow: 0, rtpTimestamp: 90, octetCount: 0 }, 60);
    expect(layer.capturedMsOf(9000)).toBe(50);
  });
});
