import { redirect } from '@sveltejs/kit';
import type { User } from '#lib/api/accounts.ts';

/** Sends who is not logged in to the login page, and back here after it. */
export function requireUser(user: User | undefined, url: URL): User {
  return user ?? redirect(303, `/login?next=${encodeURIComponent(url.pathname + url.search)}`);
}
