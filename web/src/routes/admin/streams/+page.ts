import { apiWith } from '#lib/api.ts';
import { requireOwner } from '../require-owner.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
  depends('app:streams');
  requireOwner((await parent()).user, url);
  return { channels: await apiWith(fetch).everyLiveChannel() };
};
