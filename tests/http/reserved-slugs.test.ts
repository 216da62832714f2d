import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { slugProblem } from '../../src/channels/slug.ts';
import { FakeApp } from '../support/fake-app.ts';

const WEB = join(import.meta.dirname, '../../web');

/** What the server answers by itself, without `*` and the like. */
const ofServer = new FakeApp().app.routes
  .map(({ path }) => path.split('/')[1] ?? '')
  .filter((name) => /^\w/.test(name));

/** Pages and files; `[channel]` and `(groups)` are no names of their own. */
const ofSite = [
  ...readdirSync(join(WEB, 'src/routes'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\w/.test(entry.name))
    .map(({ name }) => name),
  ...readdirSync(join(WEB, 'static')),
];

it('the walk sees server and site', () => {
  expect(ofServer).toEqual(expect.arrayContaining(['api', 'whip', 'whep', 'healthz']));
  expect(ofSite).toEqual(expect.arrayContaining(['dashboard', 'studio', 'robots.txt', 'icons']));
});

it.each([...new Set([...ofServer, ...ofSite])])('no channel can be called %s', (name) => {
  expect(slugProblem(name)).toBeDefined();
});
