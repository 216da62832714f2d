import type { RequestHandler } from './$types';

/** What is somebody's own, or nothing to be found by. */
const CLOSED = [
  '/api/',
  '/admin',
  '/account',
  '/dashboard',
  '/studio',
  '/embed/',
  '/setup',
  '/invite',
  '/reset-password',
];

/** RFC 9309. */
export const GET: RequestHandler = ({ url }) => {
  const lines = [
    'User-agent: *',
    ...CLOSED.map((path) => `Disallow: ${path}`),
    '',
    `Sitemap: ${url.origin}/sitemap.xml`,
  ];
  return new Response(`${lines.join('\n')}\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
