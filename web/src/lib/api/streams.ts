/** Streams as they are remembered. */
import type { PastStream, StreamFigures } from '../history.ts';
import { type Calls, channelPath, type Page } from './call.ts';

export function streamsApi({ call, file }: Calls) {
  return {
    streams: (slug: string, cursor: string | null) =>
      call<Page<PastStream>>(
        'GET',
        `${channelPath(slug)}/streams?${new URLSearchParams(cursor === null ? {} : { cursor })}`,
      ),
    streamFigures: (id: string) => call<StreamFigures>('GET', `/streams/${encodeURIComponent(id)}/analytics`),
    streamCsv: (id: string) => file(`/streams/${encodeURIComponent(id)}/analytics`, 'text/csv'),
    deleteStream: (id: string) => call<void>('DELETE', `/streams/${encodeURIComponent(id)}`),
    lastStream: (slug: string) =>
      call<Page<PastStream>>('GET', `${channelPath(slug)}/streams?limit=1`).then((page) => page.items[0]),
  };
}
