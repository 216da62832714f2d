import { apiWith } from '#lib/api.ts';
import { requireOwner } from '../require-owner.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url }) => {
  const user = requireOwner((await parent()).user, url);
  const q = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
  const api = apiWith(fetch);
  const [people, invites] = await Promise.all([api.people({ q }), api.invites()]);
  return { user, q, people, invites };
};
