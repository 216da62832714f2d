import { expect, test } from 'vitest';
import { embedCode, embedOptions } from '../../web/src/lib/embed-options.ts';

const read = (query: string) => embedOptions(new URLSearchParams(query));

test('by itself an embedded player starts, without sound and with controls', () => {
  expect(read('')).toEqual({ isAutoplay: true, isMuted: true, hasControls: true });
});

test('each can be said otherwise', () => {
  expect(read('autoplay=0&muted=false&controls=off&quality=720p')).toEqual({
    isAutoplay: false,
    isMuted: false,
    hasControls: false,
    quality: '720p',
  });
  expect(read('quality=audio').quality).toBe('audio');
});

test.each(['quality=auto', 'quality=best', 'quality=', 'quality=99999p'])('%s is no layer to begin with', (query) => {
  expect(read(query).quality).toBeUndefined();
});

test('a title can not break out of the code to paste', () => {
  const code = embedCode('https://live.example.org/embed/brook', '"><script>alert(1)</script>');
  expect(code).not.toContain('<script');
  expect(code).toContain('title="&quot;&gt;&lt;script&gt;');
});
