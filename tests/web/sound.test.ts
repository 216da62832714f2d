import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sound } from '../../web/src/lib/player/sound.ts';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('loudness and mute are as they were the last time', () => {
  const sound = new Sound();
  sound.set(0.33);
  sound.toggle();
  expect(new Sound()).toMatchObject({ level: 0.35, isMuted: true });
});

test('turned down to nothing it is mute, and comes back as loud as it was when the page is opened anew', () => {
  const sound = new Sound();
  sound.set(0.8);
  sound.set(0);
  expect(sound.isMuted).toBe(true);
  expect(new Sound()).toMatchObject({ level: 0.8, isMuted: true });
  sound.toggle();
  expect(sound).toMatchObject({ level: 0.5, isMuted: false });
});

test('what a page asks for is not remembered as what the viewer wants', () => {
  new Sound({ isMuted: true }).toggle();
  new Sound({ isMuted: true });
  expect(new Sound().isMuted).toBe(false);
});

test('it works where nothing may be stored', () => {
  vi.stubGlobal('localStorage', undefined);
  const sound = new Sound();
  sound.set(0.5);
  expect(sound.level).toBe(0.5);
});
