/** Whether a channel can be called so; no page of one is asked for otherwise. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/.test(text);
}

/** A channel's address made from its title, as a suggestion: `Ada's Café` becomes `adas-cafe`. */
export function slugFrom(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
}
