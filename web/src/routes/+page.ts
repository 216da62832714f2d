import { apiWith } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('app:live');
  const api = apiWith(fetch);
  const q = url.searchParams.get('q') ?? '';
  const [live, isSetupNeeded] = await Promise.all([api.liveChannels(q ? { q } : {}), api.setupNeeded()]);
  return { q, live, isSetupNeeded };
};
