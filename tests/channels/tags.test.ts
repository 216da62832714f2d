import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tagOf } from '../../src/channels/tags.ts';

it.each([
  ['chess', 'chess'],
  [' Speed   Runs ', 'speed-runs'],
  ['--lo-fi--', 'lo-fi'],
  ['cafe\u0301', 'caf\u00e9'],
  ['囲碁', '囲碁'],
  ['हिन्दी', 'हिन्दी'],
  ['x'.repeat(24), 'x'.repeat(24)],
])('%j is the tag %j', (text, tag) => {
  expect(tagOf(text)).toBe(tag);
});

it.each(['', 'a', '-', ' a ', 'a/b', 'a,b', '#chess', '😀😀', 'a\0b', 'a\ud800', 'x'.repeat(25)])(
  '%j is none',
  (text) => {
    expect(tagOf(text)).toBeUndefined();
  },
);

it('a tag is itself, and has no space or hyphen at its ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      const tag = tagOf(text);
      if (tag === undefined) return;
      expect(tagOf(tag)).toBe(tag);
      expect(tag).toMatch(/^[^\s-](?:.*[^\s-])?$/u);
    }),
    { numRuns: 2_000 },
  );
});
