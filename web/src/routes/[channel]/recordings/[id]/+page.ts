import { error, redirect } from '@sveltejs/kit';
import { ApiError } from '#lib/api/call.ts';
import { apiWith } from '#lib/api.ts';
import { secondsOf } from '#lib/recorded/share-time.ts';
import { recordingPath } from '#lib/recordings.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, parent }) => {
  const api = apiWith(fetch);
  const { user } = await parent();
  try {
    const [recording, channel, others, mine] = await Promise.all([
      api.recording(params.id),
      api.channel(params.channel),
      api.recordingsFrom(params.channel),
      user ? api.myChannels() : [],
    ]);
    if (recording.channel !== channel.slug) redirect(307, recordingPath(recording));
    const isManaged = mine.some(({ slug }) => slug === channel.slug);
    return { recording, channel, others, isManaged, atS: secondsOf(url.searchParams.get('t')) };
  } catch (failure) {
    if (failure instanceof ApiError) error(failure.status || 503, failure.message);
    throw failure;
  }
};
