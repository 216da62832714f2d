import { expect, test } from 'vitest';
import { invitationLink, tokenIn } from '../../web/src/lib/invitation.ts';

const TOKEN = 'eyJh.eyJq-_.x9';
const LINK = invitationLink('https://live.example.org', 'brook', TOKEN);

test('a link carries the token where no server sees it', () => {
  const url = new URL(LINK);
  expect([url.pathname, url.search, url.hash]).toEqual(['/brook', '', `#token=${TOKEN}`]);
});

test.each([TOKEN, LINK, new URL(LINK).hash, `  ${TOKEN}\n`])('the token is found in %j', (text) => {
  expect(tokenIn(text)).toBe(TOKEN);
});

test.each(['', '#', '#token=', 'https://live.example.org/brook', 'a.b', 'a.b.c.d', '#other=a.b.c', 'a b.c.d'])(
  'there is none in %j',
  (text) => {
    expect(tokenIn(text)).toBeUndefined();
  },
);
