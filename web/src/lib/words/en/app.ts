import type { WordTable } from '../word-table.ts';

/** What a phone or a computer shows of the installed site. */
export const app = {
  name: 'Freshet',
  description: 'Live streams with sub-second delay.',
  shortcuts: { goLive: 'Go live', channels: 'Your channels' },
} as const satisfies WordTable;
