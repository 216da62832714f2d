import { Limits } from '../../../src/http/limits.ts';
import { type Ask, NOBODYS, type Rows } from './ask.ts';
import { withoutScope } from './of-every-route.ts';

const ofHiddenStream: NonNullable<Ask['first']> = async ({ hidden }) => ({ id: hidden.streamId });
const ofHiddenRecording: NonNullable<Ask['first']> = async ({ hidden }) => ({ id: hidden.recordingId });

/** The first, and what a token without this scope finds there. */
function hiddenFrom(scope: string, first: NonNullable<Ask['first']>): Ask {
  return { first: async (town) => ({ ...(await first(town)), ...(await withoutScope(scope)(town)) }) };
}

export const streamRows: Rows = {
  'GET /channels/{slug}/live': { 200: {} },
  'GET /channels/{slug}/live/sessions': { 200: {} },
  'DELETE /channels/{slug}/live/sessions/{id}': { 204: { id: NOBODYS } },
  'POST /channels/{slug}/live/stop': { 204: {} },
  'GET /channels/{slug}/events': {
    200: {},
    too_many_feeds: { server: { limits: new Limits({ isBehindProxy: false, maxFeeds: 0 }) } },
  },
  'GET /channels/{slug}/streams': { 200: {} },
  'GET /streams/{id}': {
    200: {},
    no_stream: { id: NOBODYS },
    unauthorized: { as: 'wrong', first: ofHiddenStream },
    insufficient_scope: hiddenFrom('read', ofHiddenStream),
  },
  'DELETE /streams/{id}': {
    204: {
      first: async ({ fake, tokens }) => {
        await fake.call('POST', '/channels/brook/live/stop', { token: tokens.owner });
        return {};
      },
    },
    forbidden: { as: 'stranger' },
    still_live: {},
  },
  'GET /streams/{id}/analytics': {
    200: {},
    '200 as CSV': { headers: { accept: 'text/csv' } },
    no_stream: { id: NOBODYS },
    forbidden: { as: 'stranger' },
  },
  'GET /channels/{slug}/analytics': { 200: {}, '200 as CSV': { headers: { accept: 'text/csv' } } },
  'GET /channels/{slug}/recordings': { 200: {} },
  'GET /recordings/{id}': {
    200: {},
    unauthorized: { as: 'wrong', first: ofHiddenRecording },
    insufficient_scope: hiddenFrom('read', ofHiddenRecording),
  },
  'DELETE /recordings/{id}': { 204: {} },
};
