import { apiWith } from '#lib/api.ts';
import type { RequestHandler } from './$types';

/** More channels than one page of the API are found from the front page. */
const MOST = '100';

/** https://www.sitemaps.org/protocol.html: the front page and the channels that it lists. */
export const GET: RequestHandler = async ({ fetch, url }) => {
  const { items } = await apiWith(fetch).channels({ limit: MOST });
  // A slug is letters, digits and hyphens: nothing in it needs escaping.
  const slugs = items.flatMap(({ slug, visibility }) => (visibility === 'public' ? slug : []));
  const places = ['/', ...slugs.map((slug) => `/${slug}`)].map((path) => `<url><loc>${url.origin}${path}</loc></url>`);
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${places.join('')}</urlset>\n`,
    { headers: { 'content-type': 'application/xml; charset=utf-8' } },
  );
};
