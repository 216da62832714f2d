import type { WordTable } from '../word-table.ts';

/** What stands on many pages, on the parts that they are made of. */
export const ui = {
  live: 'Live',
  copy: 'Copy',
  copyWhat: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  copyByHand: 'Copying is not allowed here. Select the text and copy it by hand.',
  cancel: 'Cancel',
  done: 'Done',
  saved: 'Saved',
  delete: 'Delete',
  deleteIt: 'Delete it',
  shownOnce: 'Copy it now: it is shown only this once.',
  keepSecret: 'Keep it secret, like a password.',
  ends: (fromNow: string) => `ends ${fromNow}`,
  ended: (ago: string) => `expired ${ago}`,
  used: (fromNow: string) => `used ${fromNow}`,
  neverUsed: 'never used',
  showMore: 'Show more',
  tags: 'Tags',
  switchTheme: 'Switch between light and dark',
  advice: { of: 'Advice on your stream', obs: 'In OBS', studio: 'In the studio' },
} as const satisfies WordTable;
