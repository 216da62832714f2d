import type { WordTable } from '../word-table.ts';

/** One's own account. */
export const account = {
  title: 'Your account',
  roles: { owner: 'Owner', streamer: 'Streamer', viewer: 'Viewer' },
  logins: {
    title: 'Where you are logged in',
    unknown: 'An unknown program',
    here: 'Here and now',
    seen: (ago: string) => `Seen ${ago}`,
    end: 'Log out',
    endOthers: 'Log out everywhere else',
  },
  password: {
    title: 'Password',
    present: 'Present password',
    new: 'New password',
    hint: 'At least 8 characters. You will be logged out everywhere else.',
    change: 'Change password',
    changed: 'Your password is changed',
  },
  tokens: {
    title: 'API tokens',
    text: 'A program that has one acts for you, within what you tick. [The API]',
    revoke: 'Revoke',
    mayDo: 'What it may do',
    namePlaceholder: 'Name, such as backup script',
    nameLabel: 'Name of the new token',
    make: 'New token',
    fresh: (name: string) => `Your token “${name}”`,
    token: 'API token',
    question: 'Revoke this token?',
    revokeIt: 'Revoke it',
    consequence: (name: string) => `Whatever uses “${name}” is refused at once.`,
    scopes: {
      read: 'see what you see',
      channels: 'make, change and delete channels',
      keys: 'stream keys',
      streams: 'who watches, figures, ending a stream',
      chat: 'write and moderate',
      webhooks: 'webhooks and deliveries',
      account: 'tokens, logins and password',
      admin: 'people and the server; for owners',
    },
  },
} as const satisfies WordTable;
