import type { WordTable } from '../word-table.ts';

/** A channel's page, and the player within a page of somebody else. */
export const watch = {
  description: (channel: string) => `Watch ${channel} live.`,
  watching: 'watching',
  runningFor: 'Running for',
  share: 'Share',
  shareTitle: (channel: string) => `Share ${channel}`,
  qrCode: (link: string) => `QR code of ${link}`,
  link: 'Link',
  sendByApp: 'Send by an app…',
  playerForOthers: 'Player for another site',
  privateNote: 'A private channel is not shown on other sites, and the link opens it for those who are let in.',
  close: 'Close',
  invitation: {
    ask: 'Have an invitation? Enter your token',
    enter: 'Enter',
    unfit: 'This invitation does not open anything here. It may have ended.',
    unreadable: 'That is no invitation. Paste the whole link, or the token alone.',
  },
  onFreshet: (channel: string) => `Watch ${channel} on Freshet`,
} as const satisfies WordTable;
