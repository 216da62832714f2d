import { apiWith } from '#lib/api.ts';
import { requireOwner } from '../require-owner.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
  depends('app:jobs');
  requireOwner((await parent()).user, url);
  return { jobs: await apiWith(fetch).jobs(), nowMs: Date.now() };
};
