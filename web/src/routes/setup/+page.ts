import { apiWith } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => ({
  isNeeded: await apiWith(fetch).setupNeeded(),
  token: url.searchParams.get('token') ?? '',
});
