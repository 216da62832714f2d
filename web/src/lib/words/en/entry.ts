import type { WordTable } from '../word-table.ts';

/** The ways in: login, set-up, invitation, a new password. */
export const entry = {
  name: 'Name',
  yourName: 'Your name',
  password: 'Password',
  nameHint: 'Others see it.',
  passwordHint: 'At least 8 characters.',
  linkIncomplete: 'The link is not complete',
  logIn: { title: 'Log in', busy: 'Logging in…' },
  setUp: {
    title: 'Set up',
    isDone: 'This server is set up',
    isDoneText: 'It has its owner already. If that is you, log in.',
    incompleteText:
      'Open the set-up link exactly as the server printed it, with its token. A restart prints a new one.',
    welcome: 'Welcome to your server',
    channel: 'Your first channel',
    channelHint: 'Its title: you can change it at any time.',
    address: 'Its address',
    start: 'Start',
    busy: 'Setting up…',
    done: 'All set. Welcome!',
  },
  invite: {
    title: 'Invitation',
    heading: 'You are invited',
    join: 'Join',
    busy: 'Joining…',
    welcome: (name: string) => `Welcome, ${name}!`,
    incompleteText: 'Open the invitation exactly as it was sent to you.',
  },
  register: {
    title: 'New account',
    text: 'With an account you write in chats under a name that nobody else can take.',
    make: 'Make it',
    busy: 'Making it…',
    closed: 'This server is by invitation',
    closedText: 'Ask whoever runs it for a link.',
    hasAccount: 'You have one? [Log in].',
    noAccount: 'No account yet? [Make one].',
  },
  reset: { title: 'New password', heading: 'A new password', change: 'Change it', busy: 'Changing…' },
} as const satisfies WordTable;
