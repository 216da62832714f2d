import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MAX_CHARACTERS, plainLine, readMessage } from '../../src/chat/text.ts';

const MARKS = '\u0301\u0302\u0303\u0304\u0305\u0306\u0307';
const ENGLAND = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';

describe('a message', () => {
  test.each([
    ['one line', 'a\r\nb\tc', 'a b c'],
    ['trimmed', '  hello   there ', 'hello there'],
    ['in composed form', 'e\u0301', '\u00e9'],
    ['free of controls', 'a\u0000\u0007\u009bb', 'ab'],
    ['free of what turns the line around', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['free of what nobody sees', 'a\u200b\u2060\u00adb', 'ab'],
    ['free of half characters', 'a\ud800b', 'ab'],
    ['free of private characters', 'a\ue000b', 'ab'],
    ['free of stray tags', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['free of piles of marks', `a\u0324${MARKS}b`, plainLine(`a\u0324${MARKS.slice(0, 4)}b`)],
    ['with the markup that was typed', '<b>&amp;', '<b>&amp;'],
  ])('is %s', (_, raw, text) => {
    expect(readMessage(raw)).toEqual({ text });
  });

  test.each([
    ['families', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
    ['skin tones', '\u{1f44d}\u{1f3fd}'],
    ['the flag of England', ENGLAND],
    ['keycaps', '1\ufe0f\u20e3'],
    ['Persian joiners', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['Vietnamese', 'Ti\u1ebfng Vi\u1ec7t'],
    ['Hebrew with points', '\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd'],
    ['Thai', '\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48'],
  ])('keeps %s', (_, raw) => {
    expect(readMessage(raw)).toEqual({ text: raw.normalize('NFC') });
  });

  it.each(['', '   ', '\u200b\u2060', '\u3164', '\u2800\u2800', '\u0301', '\u200d'])('is not empty: %j', (raw) => {
    expect(readMessage(raw).problem).toBe('is empty');
  });

  it('has 500 characters at most, whatever they take in memory, and 2000 bytes', () => {
    expect(readMessage('\u{1f600}'.repeat(MAX_CHARACTERS)).problem).toBeUndefined();
    expect(readMessage('x'.repeat(MAX_CHARACTERS + 1)).problem).toMatch('at most 500');
    expect(readMessage(' '.repeat(100_000)).problem).toMatch('at most 500');
  });
});

test('whatever comes in, what is kept is clean, bounded and stays as it is when read again', () => {
  const nasty = fc.constantFrom(...'\u202e\u2066\u200b\u200d\u0301\u0327\u3164\u{e0041}\u{1f3f4}\u1100\u1161\u11a8 \n');
  const raw = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 300 });
  fc.assert(
    fc.property(raw, (parts) => {
      const { text } = readMessage(parts.join(''));
      if (text === undefined) return;
      expect(readMessage(text)).toEqual({ text });
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u200b\u202a-\u202e\u2066-\u2069]|[\p{Mn}\p{Me}]{5}|^\s|\s$|\s\s/u);
      expect([...text].length).toBeLessThanOrEqual(MAX_CHARACTERS);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2000);
    }),
    { seed: 7, numRuns: 3000 },
  );
});
