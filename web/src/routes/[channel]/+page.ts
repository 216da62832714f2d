import { error } from '@sveltejs/kit';
import { ApiError } from '#lib/api/call.ts';
import { apiWith } from '#lib/api.ts';
import { isSlug } from '#lib/slug.ts';
import { words } from '#lib/words/words.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => {
  if (!isSlug(params.channel)) error(404, words.errors.missing);
  const api = apiWith(fetch);
  try {
    const [channel, live, recordings] = await Promise.all([
      api.channel(params.channel),
      api.live(params.channel),
      api.recordingsFrom(params.channel),
    ]);
    return { channel, live, recordings };
  } catch (failure) {
    if (failure instanceof ApiError) error(failure.status || 503, failure.message);
    throw failure;
  }
};
