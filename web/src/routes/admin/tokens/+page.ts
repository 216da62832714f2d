import { apiWith } from '#lib/api.ts';
import { requireOwner } from '../require-owner.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url }) => {
  requireOwner((await parent()).user, url);
  return { tokens: await apiWith(fetch).allTokens() };
};
