export const MAX_TAGS = 5;
const MIN_CHARACTERS = 2;
const MAX_CHARACTERS = 24;

/** The one form of a tag, however it was written: ` Speed Runs` is `speed-runs`. `undefined` for what can be none. */
export function tagOf(text: string): string | undefined {
  const tag = text
    .normalize('NFC')
    .toLowerCase()
    // Some letters come apart where they become small.
    .normalize('NFC')
    .replace(/[\s-]+/gu, '-')
    .replace(/^-|-$/g, '');
  const { length } = [...tag];
  const isTag = length >= MIN_CHARACTERS && length <= MAX_CHARACTERS && /^[\p{L}\p{M}\p{N}-]+$/u.test(tag);
  return isTag ? tag : undefined;
}
