/** Every first path segment that the server or the site uses, now or soon. */
const RESERVED = new Set([
  ...['api', 'internal', 'whip', 'whep', 'media', 'metrics', 'healthz', 'readyz', 'time', 'ws', 'turn', 'dash', 'hls'],
  ...[
    'setup',
    'login',
    'logout',
    'signup',
    'register',
    'account',
    'settings',
    'password',
    'reset-password',
    'invite',
    'stage',
  ],
  ...[
    'studio',
    'dashboard',
    'admin',
    'embed',
    'oembed',
    'search',
    'live',
    'channels',
    'channel',
    'recordings',
    'recording',
  ],
  ...[
    'streams',
    'sessions',
    'users',
    'user',
    'me',
    'home',
    'index',
    'about',
    'help',
    'docs',
    'terms',
    'privacy',
    'legal',
  ],
  ...['assets', 'static', 'public', 'images', 'icons', 'fonts', 'app', 'null', 'undefined', 'true', 'false', 'freshet'],
]);

/** What is wrong with a channel's name in the URL, or `undefined`. The pattern keeps out `_app`, `favicon.ico` and the like. */
export function slugProblem(slug: string): string | undefined {
  if (slug.length < 3 || slug.length > 40) return 'must have 3 to 40 characters';
  if (!/^[a-z0-9-]*$/.test(slug)) return 'may have small letters, digits and hyphens only';
  if (slug.startsWith('-') || slug.endsWith('-')) return 'must start and end with a letter or digit';
  if (RESERVED.has(slug)) return 'is reserved';
  return undefined;
}
