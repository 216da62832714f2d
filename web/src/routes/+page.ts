import { apiWith } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('app:live');
  const api = apiWith(fetch);
  const q = url.searchParams.get('q')?.trim() ?? '';
  const category = url.searchParams.get('category')?.trim() ?? '';
  const query = { ...(q && { q }), ...(category && { category }) };
  const [live, all, isSetupNeeded] = await Promise.all([
    api.liveChannels(query),
    api.channels(query),
    api.setupNeeded(),
  ]);
  return { q, category, live, all, isSetupNeeded };
};
