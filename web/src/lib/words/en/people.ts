import type { WordTable } from '../word-table.ts';
import { plural } from './language.ts';

/** Accounts and invitations, as the owner sees them. */
export const people = {
  title: 'People',
  roles: { viewer: 'Viewer', streamer: 'Streamer', owner: 'Owner' },
  invitations: 'Invitations',
  invitedRole: 'Role of who is invited',
  makeLink: 'Make a link',
  pending: (fromNow: string) => `Not accepted yet · ends ${fromNow}`,
  revoke: 'Revoke',
  revokeWhose: (role: string) => `the invitation: ${role}`,
  inviteTitle: 'Your invitation',
  inviteText: (role: string) => `Whoever opens it first makes one account, as ${role.toLowerCase()}, within a week.`,
  passwordTitle: (name: string) => `A new password for ${name}`,
  passwordText: (name: string) => `With it ${name} chooses another password, once and within a day.`,
  link: 'Link',
  sendIt: 'Send it by a way that nobody else reads.',
  accounts: 'Accounts',
  name: 'Name',
  search: 'Search people',
  searchButton: 'Search',
  nobody: 'Nobody of that name.',
  you: (name: string) => `${name} (you)`,
  disabled: 'Disabled',
  channels: (count: number) => plural(count, { one: '# channel', other: '# channels' }),
  joined: (ago: string) => `joined ${ago}`,
  roleOf: (name: string) => `Role of ${name}`,
  passwordLink: 'Password link',
  passwordLinkFor: (name: string) => `for ${name}`,
  enable: 'Enable',
  disable: 'Disable',
  deleteQuestion: (name: string) => `Delete ${name}?`,
  deleteAccount: 'Delete the account',
  deleted: (name: string) => `${name} is deleted`,
  consequence: (channels: number) =>
    channels === 0
      ? 'The account goes for good.'
      : `The account goes for good, and with it ${plural(channels, { one: 'its channel', other: 'its # channels' })} with keys and history.`,
  disableInstead: (name: string) => `To keep them and lock ${name} out, disable the account instead.`,
} as const satisfies WordTable;
