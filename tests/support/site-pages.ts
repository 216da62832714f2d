import { globSync } from 'node:fs';

/** Every page of the site, and an address of it on a server that has channel `slug` and, where given, a stream. */
export function sitePages(slug: string, streamId = 'none'): readonly string[] {
  return globSync('web/src/routes/**/+page.svelte')
    .map((file) => file.replace(/^web\/src\/routes|\/\+page\.svelte$/g, '') || '/')
    .map((route) => route.replace(/\[channel(?:=\w+)?\]/, slug).replace(/\[id\]/, streamId))
    .toSorted();
}
