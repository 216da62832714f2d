export type TextPart = { readonly text: string; readonly href?: string };

const ADDRESS = /https?:\/\/[^\s<>"']+/gi;
/** Belongs to the sentence and not to the address. */
const TRAILING = /[.,;:!?)\]}'"…]+$/;

/** Text as such and, where links are allowed, the http(s) addresses in it. */
export function textParts(text: string, areLinksAllowed: boolean): readonly TextPart[] {
  if (!areLinksAllowed) return [{ text }];
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = found.replace(TRAILING, '');
    const href = httpAddress(address);
    if (href === undefined) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function httpAddress(text: string): string | undefined {
  const url = URL.parse(text);
  return url && ['http:', 'https:'].includes(url.protocol) && url.username === '' ? url.href : undefined;
}
