import { error } from '@sveltejs/kit';
import type { User } from '#lib/api/accounts.ts';
import { words } from '#lib/words/words.ts';
import { requireUser } from '../require-user.ts';

/** Sends strangers to the login, and everybody but an owner away. */
export function requireOwner(user: User | undefined, url: URL): User {
  const known = requireUser(user, url);
  if (known.role !== 'owner') error(403, words.errors.ownersOnly);
  return known;
}
