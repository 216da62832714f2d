import { expect, test } from 'vitest';
import { sentVideo } from '../../../web/src/routes/studio/sent-video.ts';

/** As Chromium tells of three layers, of which the largest may be off for lack of bandwidth. */
function chromium(seconds: number, { isLargestOn = true } = {}) {
  const layer = (rid: string, height: number, kbps: number, isSent = true) => ({
    type: 'outbound-rtp',
    kind: 'video',
    codecId: 'C',
    remoteId: `R${rid}`,
    rid,
    timestamp: seconds * 1000,
    bytesSent: seconds * kbps * 125,
    ...(isSent && { framesPerSecond: 30, frameWidth: (height * 16) / 9, frameHeight: height }),
    qualityLimitationReason: isLargestOn ? 'none' : 'bandwidth',
  });
  return new Map<string, Record<string, unknown>>([
    ['C', { type: 'codec', mimeType: 'video/H264' }],
    ['A', { type: 'outbound-rtp', kind: 'audio', bytesSent: 1 }],
    ['q', layer('q', 180, 200)],
    ['h', layer('h', 360, 700)],
    ['f', layer('f', 720, 1600, isLargestOn)],
    ['Rf', { type: 'remote-inbound-rtp', roundTripTime: 0.02, fractionLost: 0.01 }],
  ]);
}

test('all layers count for the bitrate, the largest for the picture', () => {
  const first = sentVideo(chromium(10), undefined);
  expect(first).toMatchObject({
    bitrateBps: 0,
    width: 1280,
    height: 720,
    framesPerSecond: 30,
    codec: 'H264',
    layers: 3,
  });
  expect(sentVideo(chromium(11), first)).toMatchObject({ bitrateBps: 2_500_000, roundTripMs: 20, lossShare: 0.01 });
});

test('a layer that is off is not the picture', () => {
  expect(sentVideo(chromium(10, { isLargestOn: false }), undefined)).toMatchObject({
    height: 360,
    layers: 2,
    limitedBy: 'bandwidth',
    roundTripMs: undefined,
    lossShare: undefined,
  });
});

test('a new connection counts from nothing, and so does the bitrate', () => {
  expect(sentVideo(chromium(1), sentVideo(chromium(100), undefined))?.bitrateBps).toBe(0);
});

test('of sound alone there is no picture to tell of', () => {
  expect(sentVideo(new Map([['A', { type: 'outbound-rtp', kind: 'audio' }]]), undefined)).toBeUndefined();
});
