import { error } from '@sveltejs/kit';
import { ApiError } from '#lib/api/call.ts';
import { apiWith } from '#lib/api.ts';
import { requireUser } from '../../../require-user.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, params, url }) => {
  requireUser((await parent()).user, url);
  const api = apiWith(fetch);
  try {
    const [channel, streams] = await Promise.all([
      api.channel(params.channel),
      api.streams(params.channel, url.searchParams.get('cursor')),
    ]);
    return { channel, streams };
  } catch (failure) {
    if (failure instanceof ApiError) error(failure.status || 503, failure.message);
    throw failure;
  }
};
