import { expect, test } from 'vitest';
import { bitrate, duration, relativeTime, viewerCount } from '../../web/src/lib/format.ts';
import { isSlug, slugFrom } from '../../web/src/lib/slug.ts';

test('a running time reads like a clock', () => {
  expect([0, 65_000, 754_999, 7_384_000, -5].map(duration)).toEqual(['0:00', '1:05', '12:34', '2:03:04', '0:00']);
});

test('bitrates and viewers are short', () => {
  expect([bitrate(950_400), bitrate(2_540_000)]).toEqual(['950 kbit/s', '2.5 Mbit/s']);
  expect([0, 1, 2, 1234].map(viewerCount)).toEqual(['0 viewers', '1 viewer', '2 viewers', '1.2K viewers']);
});

test('a time is told from now in the largest unit that fits', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const told = [
    '2026-11-21T11:59:30Z',
    '2026-11-21T11:58:00Z',
    '2026-11-21T09:00:00Z',
    '2026-11-20T09:00:00Z',
    '2026-11-22T00:00:00Z',
  ];
  expect(told.map((at) => relativeTime(new Date(at), now))).toEqual([
    'now',
    '2 minutes ago',
    '3 hours ago',
    'yesterday',
    'in 12 hours',
  ]);
});

test('an address is made from a title', () => {
  expect(["Ada's Café", '  --Hello, world!--  ', '日本', `${'a'.repeat(39)} b`].map(slugFrom)).toEqual([
    'adas-cafe',
    'hello-world',
    '',
    'a'.repeat(39),
  ]);
});

test('what cannot be the address of a channel is known', () => {
  expect(['brook', 'a-1', 'a'.repeat(40)].filter(isSlug)).toHaveLength(3);
  expect(['', 'ab', '-brook', 'Brook', 'wp-login.php', 'a'.repeat(41)].filter(isSlug)).toEqual([]);
});
