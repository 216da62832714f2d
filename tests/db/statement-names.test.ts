import { expect, test } from 'vitest';
import { StatementNames } from '../../src/db/statement-names.ts';

function asked(names: StatementNames, sql: string, times: number): string {
  let name = '';
  for (let time = 0; time < times; time += 1) name = names.of(sql);
  return name;
}

test('a statement that is asked often gets a name of its own and keeps it; another never does', () => {
  const names = new StatementNames();
  expect(asked(names, 'SELECT 1', 9)).toBe('');
  const first = asked(names, 'SELECT 1', 1);
  const second = asked(names, 'SELECT 2', 10);
  expect(first).toEqual(expect.stringMatching(/./));
  expect(second).not.toBe(first);
  expect(names.of('SELECT 1')).toBe(first);
  expect(names.of('SELECT 3')).toBe('');
});

test('there are no more names than a connection has room for, and those that are there stay', () => {
  const names = new StatementNames();
  const given = Array.from({ length: 500 }, (_, nth) => asked(names, `SELECT ${nth}`, 10));
  expect(new Set(given.filter((name) => name !== '')).size).toBe(200);
  expect(names.of('SELECT 0')).toBe(given[0]);
});

test('what is asked once and never again takes no room for ever', () => {
  const names = new StatementNames();
  asked(names, 'SELECT often', 9);
  for (let nth = 0; nth < 1_999; nth += 1) names.of(`SELECT ${nth}`);
  expect(names.of('SELECT one more')).toBe('');
  // Counted anew.
  expect(names.of('SELECT often')).toBe('');
  expect(asked(names, 'SELECT often', 9)).toEqual(expect.stringMatching(/./));
});
