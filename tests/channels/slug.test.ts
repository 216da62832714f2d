import { expect, it } from 'vitest';
import { slugProblem } from '../../src/channels/slug.ts';

it.each(['brook', 'a-b', 'abc', '123', 'x'.repeat(40), 'live-music', 'whip-it'])(
  '%s can be the slug of a channel',
  (slug) => {
    expect(slugProblem(slug)).toBeUndefined();
  },
);

it.each([
  ...['api', 'whip', 'whep', 'media', 'setup', 'login', 'logout', 'studio', 'dashboard', 'admin', 'embed', 'metrics'],
  ...['healthz', 'readyz', 'assets', '_app', 'favicon.ico', 'favicon.svg', 'robots.txt', 'sitemap.xml', '.well-known'],
])('%s is kept for the server', (slug) => {
  expect(slugProblem(slug)).toBeDefined();
});

it.each([
  ...['', 'ab', 'x'.repeat(41), 'Brook', 'brøk', 'a b', 'a/b', '../..', 'a%2e', 'a\0b', '-abc', 'abc-', 'a_b', 'abc\n'],
])('%j is no slug', (slug) => {
  expect(slugProblem(slug)).toBeDefined();
});
