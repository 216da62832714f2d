import { describe, expect, test } from 'vitest';
import { problemOf, retryAfter } from '../../web/src/lib/problem.ts';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

describe('a refused request', () => {
  test('is shown with the detail of its problem', async () => {
    const problem = await problemOf(answer(409, { title: 'Conflict', detail: 'The address is taken.' }));
    expect(problem).toEqual({ status: 409, message: 'The address is taken.' });
  });

  test('tells by field what was wrong, the first word on each standing', async () => {
    const errors = [
      { path: 'slug', message: 'Too short.' },
      { path: ['slug'], message: 'Also bad.' },
      { path: '', message: 'Lost.' },
      null,
    ];
    const problem = await problemOf(answer(422, { title: 'Invalid', errors }));
    expect(problem).toEqual({ status: 422, message: 'Invalid', fields: { slug: 'Too short.' } });
  });

  test.each(['<html>Bad gateway</html>', 'null', '[]', '{"detail":7}'])(
    'has words without a problem too: %s',
    async (body) => {
      expect((await problemOf(answer(502, body))).message).toMatch(/502/);
    },
  );

  test('names the codec that this browser lacks', async () => {
    const problem = await problemOf(answer(422, { detail: 'no', kind: 'video', codec: 'h264', offered: ['vp8'] }));
    expect(problem).toEqual({ status: 422, message: 'no', missingCodec: 'H264' });
  });

  test('says when to come back', async () => {
    expect(await problemOf(answer(409, {}, { 'retry-after': '2' }))).toMatchObject({ retryAfterMs: 2000 });
  });
});

test('Retry-After is seconds, a date, or nothing', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(retryAfter('120', now)).toBe(120_000);
  expect(retryAfter('Sat, 21 Nov 2026 10:00:05 GMT', now)).toBe(5000);
  expect(retryAfter('Sat, 21 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect(retryAfter('soon', now)).toBeUndefined();
  expect(retryAfter(null, now)).toBeUndefined();
});
