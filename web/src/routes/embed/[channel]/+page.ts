import { error } from '@sveltejs/kit';
import { ApiError } from '#lib/api/call.ts';
import { apiWith } from '#lib/api.ts';
import { embedOptions } from '#lib/embed-options.ts';
import { EMBEDDABLE } from '#lib/embeddable.ts';
import { isSlug } from '#lib/slug.ts';
import { words } from '#lib/words/words.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, setHeaders }) => {
  if (!isSlug(params.channel)) error(404, words.errors.missing);
  const api = apiWith(fetch);
  try {
    const [channel, live] = await Promise.all([api.channel(params.channel), api.live(params.channel)]);
    // A private channel is shown by nobody else's page, whoever looks at it.
    if (channel.visibility !== 'private') setHeaders({ [EMBEDDABLE]: 'yes' });
    return { channel, live, options: embedOptions(url.searchParams) };
  } catch (failure) {
    if (failure instanceof ApiError) error(failure.status || 503, failure.message);
    throw failure;
  }
};
