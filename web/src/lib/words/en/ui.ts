import type { WordTable } from '../word-table.ts';

/** What stands on many pages, on the parts that they are made of. */
export const ui = {
  live: 'Live',
  copy: 'Copy',
  copyWhat: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  copyByHand: 'Copying is not allowed here. Select the text and copy it by hand.',
  cancel: 'Cancel',
  showMore: 'Show more',
  tags: 'Tags',
  switchTheme: 'Switch between light and dark',
  advice: { of: 'Advice on your stream', obs: 'In OBS', studio: 'In the studio' },
} as const satisfies WordTable;
