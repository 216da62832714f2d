import { error } from '@sveltejs/kit';
import { ApiError } from '#lib/api/call.ts';
import { apiWith } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('app:live');
  const api = apiWith(fetch);
  const q = url.searchParams.get('q')?.trim() ?? '';
  const category = url.searchParams.get('category')?.trim() ?? '';
  const tag = url.searchParams.get('tag')?.trim() ?? '';
  const query = { ...(q && { q }), ...(category && { category }), ...(tag && { tag }) };
  const [live, all, isSetupNeeded] = await Promise.all([
    api.liveChannels(query),
    api.channels(query),
    api.setupNeeded(),
  ]).catch((failure: unknown) => {
    if (failure instanceof ApiError) error(failure.status || 503, failure.message);
    throw failure;
  });
  return { q, category, tag, live, all, isSetupNeeded };
};
