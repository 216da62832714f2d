import { expect, test } from 'vitest';
import {
  autoBitrateBps,
  DEFAULT_SETTINGS,
  qualityOf,
  type StudioSettings,
  settingsFrom,
} from '../../../web/src/routes/studio/settings.ts';

const settings = (change: Partial<StudioSettings>): StudioSettings => ({ ...DEFAULT_SETTINGS, ...change });

test('what is remembered comes back as it was', () => {
  const chosen = settings({
    cameraId: 'front',
    resolution: 'source',
    frameRate: 15,
    codec: 'av1',
    bitrateBps: 800_000,
  });
  expect(settingsFrom(JSON.stringify(chosen))).toEqual(chosen);
});

test('at first, and from nonsense, all is as it is by itself', () => {
  for (const text of [null, '', '{', '7', 'null', '[]', '{"resolution":"vast","frameRate":"30","codec":"h265"}']) {
    expect(settingsFrom(text), String(text)).toEqual(DEFAULT_SETTINGS);
  }
});

test('one bad value does not cost the others', () => {
  const kept = JSON.stringify({ ...DEFAULT_SETTINGS, microphoneGain: 900, isLayered: false });
  expect(settingsFrom(kept)).toEqual(settings({ isLayered: false }));
});

test('the bitrate follows lines, frame rate and codec, and for a picture as it comes, its own lines', () => {
  const bps = (change: Partial<StudioSettings>, lines = 0) => autoBitrateBps(settings(change), lines);
  expect(bps({})).toBe(2_500_000);
  expect(bps({ resolution: 1080, frameRate: 60 })).toBe(6_300_000);
  expect(bps({ frameRate: 15 })).toBe(1_800_000);
  expect(bps({ codec: 'av1' })).toBe(1_600_000);
  expect(bps({ resolution: 'source' }, 2160)).toBe(14_000_000);
  expect(bps({ resolution: 'source' }, 480)).toBe(1_200_000);
  expect(bps({ resolution: 'source' })).toBe(bps({ resolution: 1080 }));
});

test('a bitrate of choice stands, and a picture as it comes is not made smaller', () => {
  expect(qualityOf(settings({ bitrateBps: 4_000_000, resolution: 'source' }), 1440)).toEqual({
    height: Number.POSITIVE_INFINITY,
    frameRate: 30,
    maxBitrateBps: 4_000_000,
    codec: undefined,
    isLayered: true,
  });
});
