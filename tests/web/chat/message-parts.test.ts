import { describe, expect, it } from 'vitest';
import { withEmoji } from '../../../web/src/lib/chat/emoji.ts';
import { nameColour } from '../../../web/src/lib/chat/name-colour.ts';
import { textParts } from '../../../web/src/lib/ui/text-parts.ts';

describe('addresses in a message', () => {
  it('are text where links are not allowed', () => {
    expect(textParts('see https://example.org', false)).toEqual([{ text: 'see https://example.org' }]);
  });

  it('are links where they are, without what belongs to the sentence', () => {
    expect(textParts('see (https://example.org/a?b=c), or http://x.example!', true)).toEqual([
      { text: 'see (' },
      { text: 'https://example.org/a?b=c', href: 'https://example.org/a?b=c' },
      { text: '), or ' },
      { text: 'http://x.example', href: 'http://x.example/' },
      { text: '!' },
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'https://',
    'https://user@example.org',
    'ftp://example.org',
    'example.org',
    '<a href="javascript:alert(1)">x</a>',
  ])('are no links when they lead elsewhere: %s', (text) => {
    expect(textParts(text, true).every(({ href }) => href === undefined)).toBe(true);
  });

  it('lose nothing of the text', () => {
    const text = 'a https://example.org/x, b "https://example.org" https://user@example.org c';
    expect(
      textParts(text, true)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});

it('short codes become emoji, and what is none stays', () => {
  expect(withEmoji(':wave: it is 10:30:15 :nothing:')).toBe('👋 it is 10:30:15 :nothing:');
});

it('a name keeps its colour, and two often differ', () => {
  const colours = Array.from({ length: 40 }, (_, i) => nameColour(`author ${i}`));
  expect(nameColour('author 1')).toBe(colours[1]);
  expect(new Set(colours).size).toBeGreaterThan(8);
});
