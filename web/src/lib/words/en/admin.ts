import type { WordTable } from '../word-table.ts';
import { plural } from './language.ts';

const faults = (count: number) => plural(count, { one: '# fault', other: '# faults' });
const things = (count: number) => plural(count, { one: '# thing', other: '# things' });

/** The owner's pages. What the server finds about itself it says itself. */
export const admin = {
  title: 'Administration',
  people: 'People',
  health: {
    title: 'Health and reachability',
    testAgain: 'Test again',
    looking: 'Looking…',
    trying: 'Trying every way that media can take. This takes up to ten seconds.',
    allWell: 'All is well.',
    couldBeBetter: (count: number) => `It works. ${things(count)} could be better.`,
    toMend: (count: number) => `${faults(count)} to mend.`,
    toMendAndMore: (count: number, more: number) =>
      `${faults(count)} to mend, and ${things(more)} that could be better.`,
    unfinished: 'The tests could not be finished.',
    levels: { fault: 'Fault', warning: 'Warning', ok: 'All well' },
    browser: 'From this browser',
    browserText:
      'What this browser gets where it is now. People elsewhere may fare otherwise: open this page from there too, with a telephone for instance.',
    server: 'On the server',
    serverText:
      'What the server finds about itself and its machine. `npm run doctor` tells the same in a terminal, also when the server does not start.',
  },
} as const satisfies WordTable;
