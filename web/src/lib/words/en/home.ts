import type { WordTable } from '../word-table.ts';

export const home = {
  title: 'Freshet · who is live',
  description: 'Live streams with sub-second delay.',
  liveNow: 'Live now',
  offline: 'Offline',
  categories: 'Categories',
  allCategories: 'All',
  search: 'Search channels',
  showEveryone: 'Show everyone',
  tagged: (tag: string) => `Tagged #${tag}`,
  noMatch: (q: string) => `Nobody who is live matches “${q}”.`,
  noneTagged: (tag: string) => `Nobody who is live is tagged #${tag}.`,
  noneIn: (category: string) => `Nobody who is live is in ${category}.`,
  card: {
    neverLive: 'Not live yet',
    lastLive: (ago: string) => `Last live ${ago}`,
    backSoon: 'Back in a moment',
    runningFor: 'Running for',
  },
  setUp: {
    title: 'Your server is running',
    text: 'One step is left: open the set-up link that the server printed when it started. It makes your account and your first channel.',
  },
  nobody: {
    title: 'Still water',
    text: 'Nobody is live right now. This page shows them as soon as they are.',
  },
  nobodyForStreamers: {
    title: 'Still water. Make some waves.',
    text: 'Nobody is live. You can be, in less than a minute.',
    goLive: 'Go live from your browser',
    connectObs: 'Connect OBS',
  },
} as const satisfies WordTable;
