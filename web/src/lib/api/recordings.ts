import type { Recording } from '../recordings.ts';
import { type Calls, channelPath, type Page } from './call.ts';

export function recordingsApi({ call }: Calls) {
  return {
    recordings: (slug: string) =>
      call<Page<Recording>>('GET', `${channelPath(slug)}/recordings?limit=100`).then(({ items }) => items),
    deleteRecording: (id: string) => call<void>('DELETE', `/recordings/${id}`),
  };
}
