import { Limits } from '../../../src/http/limits.ts';
import { type Ask, NOBODYS, type Rows } from './ask.ts';
import { withoutScope } from './of-every-route.ts';
import type { Town } from './town.ts';

const ofHiddenStream: NonNullable<Ask['first']> = async ({ hidden }) => ({ id: hidden.streamId });
const ofHiddenRecording: NonNullable<Ask['first']> = async ({ hidden }) => ({ id: hidden.recordingId });

/** Of one that has a part, and is ready. */
async function ofWholeRecording({ fake, ids }: Town): Promise<Ask> {
  const { rows } = fake.recordings.store;
  const row = rows.get(ids['/recordings'] ?? '');
  const size = { width: 640, height: 360, videoCodec: 'vp8', hasAudio: true, durationMs: 1000 } as const;
  const part = { ...size, number: 0, file: '0000.webm', startedAt: new Date(), bytes: 1 };
  if (row) rows.set(row.id, { ...row, state: 'ready', parts: [part] });
  return {};
}

async function queued({ fake, ids }: Town): Promise<Ask> {
  const channel = await fake.channelStore.bySlug('brook');
  await fake.jobs.add({ kind: 'renditions', channelId: channel?.id ?? '', recordingId: ids['/recordings'] ?? '' });
  return {};
}

async function jobOf(town: Town): Promise<Ask> {
  await queued(town);
  return { id: [...town.fake.jobs.rows.keys()].at(-1) ?? '' };
}

async function doneJobOf(town: Town): Promise<Ask> {
  const { id = '' } = await jobOf(town);
  const job = town.fake.jobs.rows.get(id);
  if (job) town.fake.jobs.rows.set(id, { ...job, status: 'done' });
  return { id };
}

async function cancelledJobOf(town: Town): Promise<Ask> {
  const { id = '' } = await jobOf(town);
  await town.fake.jobs.cancel(id);
  return { id };
}

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
  'POST /recordings/{id}/renditions': {
    202: { body: {}, first: ofWholeRecording },
    nothing_recorded: { body: {} },
    job_open: {
      body: { rungs: [{ height: 240, bitrateBps: 200_000 }] },
      first: async (town) => ({ ...(await ofWholeRecording(town)), ...(await queued(town)) }),
    },
    bad_rungs: { body: { rungs: [{ height: 1080, bitrateBps: 2_000_000 }] }, first: ofWholeRecording },
    forbidden: { as: 'stranger', body: {} },
  },
  'GET /jobs': { 200: {} },
  'GET /jobs/{id}': { 200: { first: jobOf }, no_job: { id: NOBODYS } },
  'DELETE /jobs/{id}': { 204: { first: jobOf } },
  'POST /jobs/{id}/retry': {
    200: { first: cancelledJobOf },
    no_job: { id: NOBODYS },
    not_to_retry: { first: doneJobOf },
    job_open: { first: async (town) => ({ ...(await cancelledJobOf(town)), ...(await queued(town)) }) },
  },
};
