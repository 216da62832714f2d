import { expect, test } from 'vitest';
import { secondsOf } from '../../../web/src/lib/recorded/share-time.ts';

test.each([
  ['0', 0],
  ['90', 90],
  ['90s', 90],
  ['2m', 120],
  ['1m30s', 90],
  ['1h2m3s', 3723],
  ['', undefined],
  [null, undefined],
  ['1e9', undefined],
  ['-4', undefined],
  ['1.5', undefined],
  ['soon', undefined],
])('t=%s begins at %s', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});
