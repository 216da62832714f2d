import { expect, test } from 'vitest';
import { actionOf, keyName, SHORTCUTS } from '../../web/src/lib/player/shortcuts.ts';

test('no key does two things', () => {
  const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a letter works with caps lock on too', () => {
  expect([actionOf('m'), actionOf('M'), actionOf('ArrowUp'), actionOf('x')]).toEqual([
    'mute',
    'mute',
    'louder',
    undefined,
  ]);
});

test('keys are named as on a keyboard', () => {
  expect([' ', 'ArrowUp', 'k'].map(keyName)).toEqual(['Space', '↑', 'k']);
});
