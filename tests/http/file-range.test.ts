import { expect, it } from 'vitest';
import { rangeOf } from '#src/http/file-range.ts';

it.each<[string | undefined, number, ReturnType<typeof rangeOf>]>([
  [undefined, 100, undefined],
  ['bytes=0-9', 100, { start: 0, end: 9 }],
  ['bytes=90-', 100, { start: 90, end: 99 }],
  ['bytes=90-200', 100, { start: 90, end: 99 }],
  ['bytes=-10', 100, { start: 90, end: 99 }],
  ['bytes=-200', 100, { start: 0, end: 99 }],
  ['bytes=100-', 100, 'none'],
  ['bytes=-0', 100, 'none'],
  ['bytes=0-0', 0, 'none'],
  // What is not understood is passed over, as RFC 9110 says.
  ['bytes=9-0', 100, undefined],
  ['bytes=-', 100, undefined],
  ['bytes=0-1,3-4', 100, undefined],
  ['lines=0-1', 100, undefined],
  ['bytes=99999999999999999999-', 100, undefined],
])('the range %s of %s bytes is %o', (header, size, expected) => {
  expect(rangeOf(header, size)).toEqual(expected);
});
