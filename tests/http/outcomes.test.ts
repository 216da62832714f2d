import { expect, it } from 'vitest';
import type { Operation } from '../support/api-contract.ts';
import { accountRows } from './outcomes/accounts.ts';
import { document, outcomeOf, type Rows } from './outcomes/ask.ts';
import { channelRows } from './outcomes/channels.ts';
import { chatRows } from './outcomes/chat.ts';
import { imageRows } from './outcomes/images.ts';
import { outcomesOfEveryRoute } from './outcomes/of-every-route.ts';
import { serverRows } from './outcomes/server.ts';
import { streamRows } from './outcomes/streams.ts';

/** Of each route, what has to be asked for an answer that is its alone. What all have in common is asked of all. */
const rows: Rows = { ...accountRows, ...channelRows, ...chatRows, ...imageRows, ...streamRows, ...serverRows };

const routes = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): [string, Operation] => [
    `${method.toUpperCase()} ${path}`,
    operation,
  ]),
);

/** Statuses of answers, and codes of problems: those stand for the statuses that they come with. */
function described({ responses, 'x-problems': problems = [] }: Operation): string[] {
  return [...Object.keys(responses).filter((status) => /^[23]/.test(status)), ...problems];
}

it('has a row for every route there is, and for no other', () => {
  expect(Object.keys(rows).toSorted()).toEqual(routes.map(([route]) => route).toSorted());
});

it.each(routes)('%s answers in every way that it describes, and in no other', async (route, operation) => {
  const own = rows[route] ?? {};
  const [taken = {}] = Object.values(own);
  const outcomes = Object.entries({ ...outcomesOfEveryRoute(route.split(' ')[0] ?? '', operation, taken), ...own });
  const found: Record<string, string> = {};
  for (const [name, ask] of outcomes) found[name] = await outcomeOf(route, ask);
  const wanted = outcomes.map(([name]) => [name, codeOf(name)]);
  expect(found).toEqual(Object.fromEntries(wanted));
  const codes = outcomes.map(([name]) => codeOf(name));
  const said = described(operation);
  const unseen = said.filter((code) => !codes.includes(code));
  expect(unseen, `${route} describes this: add to its row in tests/http/outcomes what brings it about`).toEqual([]);
  const unsaid = codes.filter((code) => !said.includes(code));
  expect(unsaid, `${route} answers this, and does not describe it`).toEqual([]);
});

/** What is said after it tells two ways to the same answer apart. */
function codeOf(name: string): string {
  return name.split(' ')[0] ?? name;
}
