import { error } from '@sveltejs/kit';
import { ApiError } from '#lib/api/call.ts';
import { apiWith } from '#lib/api.ts';
import { requireUser } from '../../require-user.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, params, url }) => {
  requireUser((await parent()).user, url);
  const api = apiWith(fetch);
  try {
    const [channel, live, keys, viewerTokens, webhooks, categories, bans, recordings] = await Promise.all([
      api.channel(params.channel),
      api.live(params.channel),
      api.keys(params.channel),
      api.viewerTokens(params.channel),
      api.webhooks(),
      api.categories(),
      api.bans(params.channel),
      api.recordings(params.channel),
    ]);
    return { channel, live, keys, viewerTokens, webhooks, categories, bans, recordings };
  } catch (failure) {
    if (failure instanceof ApiError) error(failure.status || 503, failure.message);
    throw failure;
  }
};
