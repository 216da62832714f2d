import type { WordTable } from '../word-table.ts';

/** Pages that show that something is not there or went wrong, and what a refusal says when the server gave no words. */
export const errors = {
  missingTitle: 'Nothing here',
  missing: 'The river does not run here',
  missingWhy: 'There is no channel or page at this address. It may have been renamed, or mistyped.',
  failed: 'Something went wrong',
  seeWhoIsLive: 'See who is live',
  ownersOnly: "This page is for the server's owner.",
  unreachable: 'The server cannot be reached. Check your connection.',
  streamEnded: 'The stream was ended by the server.',
  withStatus: (status: number) => `The server answered with error ${status}.`,
  byStatus: {
    401: 'You are not logged in.',
    403: 'You may not do this.',
    404: 'There is nothing here.',
    409: 'That clashes with what is already there.',
    413: 'That is too much data.',
    429: 'Too many tries. Wait a moment and try again.',
    503: 'The server is at its limit. Try again shortly.',
    507: 'There is no room left on the server.',
  },
} as const satisfies WordTable;
