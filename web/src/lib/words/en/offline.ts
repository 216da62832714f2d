import type { WordTable } from '../word-table.ts';

/** Shown in place of a page while the server is out of reach. */
export const offline = {
  title: 'Out of reach',
  text: 'The server does not answer. Either it or your connection is away for a moment.',
  tryAgain: 'Try again',
} as const satisfies WordTable;
