import { describe, expect, test } from 'vitest';
import {
  isUnseen,
  qualitiesOf,
  qualityNote,
  SOUND_ONLY,
  seenLabel,
  sizeLabel,
} from '../../web/src/lib/player/qualities.ts';

describe('the quality menu', () => {
  test('has the best layer first, named by its height', () => {
    const layers = [
      { rid: 'l', width: 320, height: 180, bitrate: 150_000 },
      { rid: 'h', width: 1280, height: 720, bitrate: 2_000_000 },
      { rid: 'm', width: 640, height: 360, bitrate: 500_000 },
    ];
    expect(qualitiesOf(layers)).toEqual([
      { key: 'h/0', label: '720p', wish: { rid: 'h' }, bitrateBps: 2_000_000 },
      { key: 'm/0', label: '360p', wish: { rid: 'm' }, bitrateBps: 500_000 },
      { key: 'l/0', label: '180p', wish: { rid: 'l' }, bitrateBps: 150_000 },
    ]);
  });

  test('keeps a layer that is not sent for a while, and says so', () => {
    for (const bitrate of [{ bitrate: 0 }, {}]) {
      const qualities = qualitiesOf([{ rid: 'h', width: 1280, height: 720, ...bitrate }]);
      expect(qualities.map(qualityNote)).toEqual(['not sent now']);
    }
  });

  test('says what each takes, once', () => {
    const note = (label: string) => qualityNote({ key: 'h/0', label, wish: {}, bitrateBps: 900_000 });
    expect([note('720p'), note('720p, 900 kbit/s'), qualityNote(SOUND_ONLY)]).toEqual(['900 kbit/s', '', '']);
  });

  test('leaves out what was never seen', () => {
    expect(qualitiesOf([{ rid: 'h', bitrate: 0 }])).toEqual([]);
  });

  test('knows what is about to be seen', () => {
    expect(isUnseen({ rid: 'h', bitrate: 500_000 })).toBe(true);
    expect(isUnseen({ rid: 'h', bitrate: 0 })).toBe(false);
    expect(isUnseen({ rid: 'h', bitrate: 500_000, width: 1280, height: 720 })).toBe(false);
  });

  test('tells two layers of one size apart by what they take', () => {
    const layers = [
      { rid: 'thin', width: 1280, height: 720, bitrate: 900_000 },
      { rid: 'rich', width: 1280, height: 720, bitrate: 2_500_000 },
    ];
    expect(qualitiesOf(layers).map(({ label }) => label)).toEqual(['720p, 2.5 Mbit/s', '720p, 900 kbit/s']);
  });

  test('has one entry for the temporal layers of a picture', () => {
    const layers = [0, 1].flatMap((spatialLayerId) =>
      [0, 1, 2].map((temporalLayerId) => ({
        spatialLayerId,
        temporalLayerId,
        bitrate: 100_000,
        width: 640 * (spatialLayerId + 1),
        height: 360 * (spatialLayerId + 1),
      })),
    );
    expect(qualitiesOf(layers).map(({ label, wish }) => [label, wish])).toEqual([
      ['720p', { spatialLayerId: 1 }],
      ['360p', { spatialLayerId: 0 }],
    ]);
  });

  test('calls a picture on end as it is called lying down', () => {
    expect([sizeLabel(1280, 720), sizeLabel(720, 1280)]).toEqual(['720p', '720p']);
  });

  test('calls what is seen as the menu has it, where a browser shows a shape with a line more', () => {
    const menu = [{ label: '480p' }, { label: '240p' }];
    expect(seenLabel(427, 241, menu)).toBe('240p');
    expect(seenLabel(241, 427, menu)).toBe('240p');
    expect(seenLabel(640, 360, menu)).toBe('360p');
  });
});
