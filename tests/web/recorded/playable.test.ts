import { expect, test } from 'vitest';
import { foreignCodec, wholeParts } from '../../../web/src/lib/recorded/playable.ts';
import type { RecordingPart } from '../../../web/src/lib/recordings.ts';

const part = (videoCodec: string | null, type = 'video/webm'): RecordingPart => ({
  number: 0,
  url: '/media/recordings/1/parts/0',
  type,
  videoCodec,
  hasAudio: true,
  width: 640,
  height: 360,
  durationMs: 1000,
});

/** A browser that decodes what the pattern says. */
const browser = (decodes: RegExp) => ({
  canPlayType: (type: string) => (decodes.test(type) ? 'probably' : ''),
});

test('a codec that the browser lacks is named, in whichever part it is', () => {
  const parts = [part('vp8'), part('h264', 'video/x-matroska')];
  expect(foreignCodec(parts, browser(/webm/))).toBe('h264');
  expect(foreignCodec(parts, browser(/vp8|avc1/))).toBeUndefined();
});

test('sound alone is asked for as such', () => {
  expect(foreignCodec([part(null, 'audio/webm')], browser(/^audio\/webm; codecs="opus"$/))).toBeUndefined();
});

test('a part that has nothing yet is left out', () => {
  expect(wholeParts({ parts: [part('vp8'), { ...part('vp8'), durationMs: 0 }] })).toHaveLength(1);
});
