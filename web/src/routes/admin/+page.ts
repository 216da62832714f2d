import { error } from '@sveltejs/kit';
import { requireUser } from '../require-user.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url }) => {
  const user = requireUser((await parent()).user, url);
  if (user.role !== 'owner') error(403, "This page is for the server's owner.");
  return { user };
};
