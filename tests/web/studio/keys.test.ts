import { expect, test } from 'vitest';
import { keyOf, STUDIO_KEYS, studioActionOf } from '../../../web/src/routes/studio/keys.ts';

test('no two keys do the same, and each is found by what it does', () => {
  const actions = Object.values(STUDIO_KEYS);
  expect(new Set(actions).size).toBe(actions.length);
  for (const action of actions) expect(studioActionOf(keyOf(action))).toBe(action);
});

test('a letter works with caps lock on too, and what is no key does nothing', () => {
  expect(['M', '1', 'x', 'toString', 'Enter'].map(studioActionOf)).toEqual([
    'mute',
    'camera',
    undefined,
    undefined,
    undefined,
  ]);
});
