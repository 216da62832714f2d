import { globSync } from 'node:fs';

/** Every page of the site as the folders of its routes name it: `/[channel]/recordings/[id]`. */
export function siteRoutes(): readonly string[] {
  return globSync('web/src/routes/**/+page.svelte')
    .map((file) => file.replace(/^web\/src\/routes|\/\+page\.svelte$/g, '') || '/')
    .toSorted();
}

/** Every page, and an address of it on a server that has channel `slug` and, where given, a stream and a recording. */
export function sitePages(slug: string, ids: { stream?: string; recording?: string } = {}): readonly string[] {
  const { stream = 'none', recording = 'none' } = ids;
  return siteRoutes().map((route) =>
    route.replace(/\[channel(?:=\w+)?\]/, slug).replace(/\[id\]/, route.includes('recordings') ? recording : stream),
  );
}

/** The route that an address leads to: one without parameters where there is such a one. */
export function routeOf(address: string): string | undefined {
  const { pathname } = new URL(address, 'http://site');
  const fits = (route: string) => new RegExp(`^${route.replaceAll(/\[[^\]]+\]/g, '[^/]+')}$`).test(pathname);
  const routes = siteRoutes();
  return routes.find((route) => route === pathname) ?? routes.find(fits);
}
