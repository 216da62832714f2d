import { plainLine } from './text.ts';

const MAX_NAME = 24;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._-]*$/u;

/** Letters that are drawn like Latin ones, of the alphabets that are most often used to pass for somebody else. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'l', ј: 'j', к: 'k', ӏ: 'l', м: 'm', н: 'h', о: 'o', р: 'p' },
  ...{ ԛ: 'q', г: 'r', ѕ: 's', т: 't', у: 'y', ѵ: 'v', ԝ: 'w', х: 'x', ь: 'b', п: 'n', и: 'u' },
  ...{ α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'l', κ: 'k', μ: 'u', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', ω: 'w' },
  ...{
    ı: 'l',
    ł: 'l',
    ø: 'o',
    đ: 'd',
    ß: 'b',
    æ: 'ae',
    œ: 'oe',
    ɑ: 'a',
    ɡ: 'g',
    ɩ: 'l',
    ո: 'n',
    ս: 'u',
    օ: 'o',
    ց: 'g',
  },
  ...{ '0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', i: 'l', '|': 'l' },
};

/** Two names that a hurried reader takes for the same have the same shape. */
export function nameShape(name: string): string {
  const letters = name.normalize('NFKD').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  return [...letters]
    .map((letter) => LOOK_ALIKES[letter] ?? letter)
    .join('')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/** Of a role, or of the server itself. */
const RESERVED: ReadonlySet<string> = new Set(
  [
    ...['admin', 'administrator', 'moderator', 'mod', 'owner', 'streamer', 'broadcaster', 'host', 'staff', 'official'],
    ...['system', 'server', 'freshet', 'bot', 'root', 'support', 'guest', 'deleted', 'everyone', 'here'],
  ].map(nameShape),
);

export type ReadName =
  | { readonly name: string; readonly problem?: never }
  | { readonly name?: never; readonly problem: string };

/** A guest's name as it will be shown, or what is wrong with it, as `The name …` goes on. */
export function readGuestName(raw: string): ReadName {
  if (raw.length > 4 * MAX_NAME) return tooLong;
  const name = plainLine(raw);
  const { length } = [...name];
  if (length < 2) return { problem: 'must have at least 2 characters' };
  if (length > MAX_NAME) return tooLong;
  if (!NAME.test(name)) return { problem: 'may have letters, digits, spaces, dots, hyphens and underscores only' };
  if (nameShape(name) === '' || RESERVED.has(nameShape(name))) return { problem: 'is kept for others' };
  return { name };
}

const tooLong: ReadName = { problem: `may have at most ${MAX_NAME} characters` };
