import { apiWith } from '#lib/api.ts';
import { requireUser } from '../require-user.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url }) => {
  requireUser((await parent()).user, url);
  return { channels: await apiWith(fetch).myChannels(), wanted: url.searchParams.get('channel') };
};
