import { expect, it } from 'vitest';
import { playerLibraryRoutes } from '../../src/http/player-library.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const app = playerLibraryRoutes({ etag: 'W/"1"', plain: bytes('plain'), gzip: bytes('gzip'), br: bytes('br') });
const get = (headers: Record<string, string>) => app.request('/freshet-player.js', { headers });

it.each([
  ['gzip, deflate, br', 'br'],
  ['gzip;q=0.8', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['identity', 'plain'],
  ['', 'plain'],
])('who takes %j gets it as %s', async (accepted, kind) => {
  const response = await get({ 'accept-encoding': accepted });
  expect(await response.text()).toBe(kind);
  expect(response.headers.get('content-encoding')).toBe(kind === 'plain' ? null : kind);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
});

it('who has it already is not sent it again', async () => {
  expect((await get({ 'if-none-match': 'W/"1"' })).status).toBe(304);
});
