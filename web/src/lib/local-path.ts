/** Where to go after a login: only ever a path of this site, whatever the link said. */
export function localPath(wanted: string | null, fallback: string): string {
  if (!wanted?.startsWith('/')) return fallback;
  const base = 'http://site.invalid';
  if (!URL.canParse(wanted, base)) return fallback;
  const url = new URL(wanted, base);
  if (url.origin !== base || url.pathname.startsWith('//')) return fallback;
  return url.pathname + url.search + url.hash;
}
