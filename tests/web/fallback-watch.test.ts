import { expect, test } from 'vitest';
import { FallbackWatch } from '../../web/src/lib/player/fallback-watch.ts';

const PATIENCE_MS = 8000;

test('another way is looked for after eight seconds without a connection, however often it was tried', () => {
  const watch = new FallbackWatch();
  watch.moved('connecting', undefined, 1000);
  watch.moved('waiting', undefined, 4000);
  watch.moved('connecting', undefined, 5000);
  expect(watch.isDue(1000 + PATIENCE_MS - 1)).toBe(false);
  expect(watch.isDue(1000 + PATIENCE_MS)).toBe(true);
});

test('a connection in between begins it anew', () => {
  const watch = new FallbackWatch();
  watch.moved('connecting', undefined, 0);
  watch.moved('connected', undefined, 7000);
  expect(watch.isDue(100_000)).toBe(false);
  watch.moved('interrupted', undefined, 100_000);
  expect(watch.isDue(107_999)).toBe(false);
  expect(watch.isDue(108_000)).toBe(true);
});

test.each([409, 429])('an answer of %d shows that the server is reached', (status) => {
  const watch = new FallbackWatch();
  watch.moved('connecting', undefined, 0);
  watch.moved('waiting', { status, message: '' }, 100);
  expect(watch.isDue(60_000)).toBe(false);
});

test('what this browser does not decode is not waited for', () => {
  const watch = new FallbackWatch();
  watch.moved('refused', { status: 422, message: '', missingCodec: 'H264' }, 0);
  expect(watch.isDue(0)).toBe(true);
  watch.moved('refused', { status: 404, message: '' }, 0);
  expect(watch.isDue(60_000)).toBe(false);
});
