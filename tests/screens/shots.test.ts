import { expect, test } from 'vitest';
import { routeOf, siteRoutes } from '../support/site-pages.ts';
import type { Scene } from './scene.ts';
import { FRESH, SHOTS } from './shots.ts';

const url = 'http://site';
const scene = {
  server: { url, setupUrl: `${url}/setup?token=1` },
  inviteUrl: `${url}/invite?token=1`,
  streamId: 'id',
  recordingId: 'id',
} as Scene;

test('every page of the site has its picture', () => {
  const shown = new Set([...FRESH, ...SHOTS].map(({ path }) => routeOf(path(scene) ?? '')));
  expect(siteRoutes().filter((route) => !shown.has(route))).toEqual([]);
});

test('no two pictures go by one name', () => {
  const names = [...FRESH, ...SHOTS].map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
