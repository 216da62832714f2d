/** What people may write, and what is made of it before anybody sees it. */

export const MAX_CHARACTERS = 500;
const MAX_BYTES = 2000;
/** What nobody types, and nobody should have to be normalised: longer is refused unread. */
const MAX_UNREAD = 4 * MAX_CHARACTERS;
/** More marks on one letter than any language writes only climb over the lines above. */
const MAX_MARKS = 4;

/**
 * Not kept: controls, characters without a meaning of their own (private ones, halves), what turns the
 * direction of the rest of the line (Unicode TR 9: embeddings, overrides, isolates), and what is invisible. The joiners
 * U+200C and U+200D stay: Persian and emoji need them.
 */
const UNWANTED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\uffa0\ufff9-\ufffb]|\u034f|\u17b4|\u17b5/gu;
/** Tag characters mean something after a black flag only: the flags of England, Scotland and Wales. */
const STRAY_TAGS = /(?<!\u{1f3f4}[\u{e0000}-\u{e007f}]{0,6})[\u{e0000}-\u{e007f}]+/gu;
const PILED_MARKS = new RegExp(`([\\p{Mn}\\p{Me}]{${MAX_MARKS}})[\\p{Mn}\\p{Me}]+`, 'gu');
const JOINER_RUNS = /([\u200c\u200d])[\u200c\u200d]+/g;
const VISIBLE = /[^\s\p{Mn}\p{Me}\p{Cf}\u2800]/u;

/** One line, as everybody will see it. Doing it twice makes no difference. */
export function plainLine(raw: string): string {
  return raw
    .replace(/\s+/gu, ' ')
    .replace(UNWANTED, '')
    .replace(STRAY_TAGS, '')
    .replace(JOINER_RUNS, '$1')
    .normalize('NFC')
    .replace(PILED_MARKS, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
}

export type ReadText =
  | { readonly text: string; readonly problem?: never }
  | { readonly text?: never; readonly problem: string };

/** A message as it will be kept, or what is wrong with it, as `The message …` goes on. */
export function readMessage(raw: string): ReadText {
  if (raw.length > MAX_UNREAD) return tooLong;
  const text = plainLine(raw);
  if (!VISIBLE.test(text)) return { problem: 'is empty' };
  if ([...text].length > MAX_CHARACTERS || Buffer.byteLength(text) > MAX_BYTES) return tooLong;
  return { text };
}

const tooLong: ReadText = { problem: `may have at most ${MAX_CHARACTERS} characters` };
