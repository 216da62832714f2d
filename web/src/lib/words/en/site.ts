import type { WordTable } from '../word-table.ts';

/** What frames every page. */
export const site = {
  name: 'Freshet',
  pageTitle: (page: string) => `${page} · Freshet`,
  skipToContent: 'Skip to content',
  mainNavigation: 'Main',
  studio: 'Studio',
  dashboard: 'Dashboard',
  admin: 'Admin',
  account: 'Your account',
  logIn: 'Log in',
  logOut: (name: string) => `Log out ${name}`,
} as const satisfies WordTable;
