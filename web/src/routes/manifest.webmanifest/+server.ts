import { words } from '#lib/words/words.ts';
import type { RequestHandler } from './$types';

const icon = (file: string, size: number, purpose: 'any' | 'maskable') => ({
  src: `/icons/${file}`,
  sizes: `${size}x${size}`,
  type: 'image/png',
  purpose,
});

const MANIFEST = {
  id: '/',
  name: words.app.name,
  short_name: words.app.name,
  description: words.app.description,
  lang: words.language,
  start_url: '/',
  scope: '/',
  display: 'standalone',
  // While it starts; then each page says its own, by theme.
  background_color: '#06161a',
  theme_color: '#06161a',
  icons: [
    { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    icon('icon-192.png', 192, 'any'),
    icon('icon-512.png', 512, 'any'),
    icon('maskable-192.png', 192, 'maskable'),
    icon('maskable-512.png', 512, 'maskable'),
  ],
  shortcuts: [
    { name: words.app.shortcuts.goLive, url: '/studio' },
    { name: words.app.shortcuts.channels, url: '/dashboard' },
  ],
};

/** https://www.w3.org/TR/appmanifest/ */
export const GET: RequestHandler = () =>
  Response.json(MANIFEST, { headers: { 'content-type': 'application/manifest+json' } });
