import type { Recording } from '../recordings.ts';
import { type Calls, channelPath, type Page } from './call.ts';

export function recordingsApi({ call }: Calls) {
  return {
    recordings: (slug: string) =>
      call<Page<Recording>>('GET', `${channelPath(slug)}/recordings?limit=100`).then(({ items }) => items),
    recordingsFrom: (slug: string, cursor?: string) =>
      call<Page<Recording>>(
        'GET',
        `${channelPath(slug)}/recordings?${new URLSearchParams({ limit: '12', ...(cursor !== undefined && { cursor }) })}`,
      ),
    recording: (id: string) => call<Recording>('GET', `/recordings/${encodeURIComponent(id)}`),
    deleteRecording: (id: string) => call<void>('DELETE', `/recordings/${id}`),
  };
}
