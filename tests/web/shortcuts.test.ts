import { expect, test } from 'vitest';
import { keyName, SHORTCUTS, shortcutOf } from '../../web/src/lib/player/shortcuts.ts';

test('no key does two things', () => {
  const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a letter works with caps lock on too', () => {
  const actionOf = (key: string) => shortcutOf(SHORTCUTS, key)?.action;
  expect(['m', 'M', 'ArrowUp', 'x'].map(actionOf)).toEqual(['mute', 'mute', 'louder', undefined]);
});

test('keys are named as on a keyboard', () => {
  expect([' ', 'ArrowUp', 'k'].map(keyName)).toEqual(['Space', '↑', 'k']);
});
