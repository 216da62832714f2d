import { accountsApi } from './api/accounts.ts';
import { callsWith } from './api/call.ts';
import { channelsApi } from './api/channels.ts';
import { chatApi } from './api/chat.ts';
import { healthApi } from './api/health.ts';
import { jobsApi } from './api/jobs.ts';
import { keysApi } from './api/keys.ts';
import { liveApi } from './api/live.ts';
import { peopleApi } from './api/people.ts';
import { recordingsApi } from './api/recordings.ts';
import { storageApi } from './api/storage.ts';
import { streamsApi } from './api/streams.ts';
import { webhooksApi } from './api/webhooks.ts';

/**
 * The REST API as the site uses it, each area in a file of its own. Shapes are those of `/api/v1/openapi.json`. Through
 * a given `fetch`: a page's `load` gives its own, so that it works while rendering on the server too.
 */
export function apiWith(fetch: typeof globalThis.fetch) {
  const calls = callsWith(fetch);
  return {
    ...accountsApi(calls),
    ...peopleApi(calls),
    ...channelsApi(calls),
    ...liveApi(calls),
    ...streamsApi(calls),
    ...keysApi(calls),
    ...chatApi(calls),
    ...recordingsApi(calls),
    ...jobsApi(calls),
    ...storageApi(calls),
    ...webhooksApi(calls),
    ...healthApi(calls),
  };
}

export const api = apiWith((input, init) => globalThis.fetch(input, init));
