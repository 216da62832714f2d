import { expect, test } from 'vitest';
import { clientName, endingOf, leavingOf, shares } from '../../web/src/lib/history.ts';

test('reasons are told in words, also those that this page does not know', () => {
  expect(endingOf({ endReason: null })).toBe('live now');
  expect(endingOf({ endReason: 'crash' })).toBe('the server was cut off');
  expect(endingOf({ endReason: 'some_new_reason' })).toBe('some new reason');
  expect(leavingOf('consent_lapsed')).toBe('lost the connection');
  expect([leavingOf('stopped'), leavingOf('crash')]).toEqual(['stayed to the end', 'stayed to the end']);
});

test('clients have their names', () => {
  expect(['firefox', 'obs', 'other'].map(clientName)).toEqual(['Firefox', 'OBS', 'Something else']);
});

test('counts of the same name are added up, the most first, each with its share', () => {
  const counts = [
    { name: 'b', viewers: 1 },
    { name: 'a', viewers: 1 },
    { name: 'a', viewers: 2 },
  ];
  expect(shares(counts)).toEqual([
    { name: 'a', viewers: 3, share: 0.75 },
    { name: 'b', viewers: 1, share: 0.25 },
  ]);
  expect(shares([])).toEqual([]);
});
