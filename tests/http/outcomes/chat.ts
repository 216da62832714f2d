import { type Ask, NOBODYS, type Rows } from './ask.ts';
import { withoutScope } from './of-every-route.ts';
import type { Town } from './town.ts';

const hello = { text: 'hello everybody' };
const ownerOf = ({ fake }: Town) => [...fake.users.rows.keys()][0] ?? '';

/** A guest called Nora, whom nobody knows by more than his cookie. */
async function guest({ fake }: Town): Promise<Ask> {
  const named = await fake.call('PUT', '/chat/guest', { body: { name: 'Nora' } });
  return { as: 'nobody', headers: { cookie: named.headers.getSetCookie()[0]?.split(';')[0] ?? '' } };
}

async function chatIs(mode: 'off' | 'accounts', { fake, tokens }: Town): Promise<Ask> {
  await fake.call('PATCH', '/channels/brook', { token: tokens.owner, body: { chat: mode } });
  return {};
}

/** The owner has written, and a moderator may do nothing about it. */
async function aboveModerators({ fake, tokens }: Town): Promise<Ask> {
  await fake.call('PUT', '/channels/brook/moderators/stranger', { token: tokens.owner });
  await fake.call('POST', '/channels/brook/chat', { token: tokens.owner, body: hello });
  return { as: 'stranger' };
}

export const chatRows: Rows = {
  'GET /channels/{slug}/chat': { 200: {} },
  'GET /channels/{slug}/chat/me': { 200: {} },
  'POST /channels/{slug}/chat': {
    201: { as: 'viewer', body: hello },
    not_set_up: { as: 'admin', body: hello, town: 'ownerless' },
    name_needed: { as: 'nobody', body: hello },
    chat_off: { as: 'viewer', body: hello, first: (town) => chatIs('off', town) },
    accounts_only: {
      body: hello,
      first: async (town) => ({ ...(await chatIs('accounts', town)), ...(await guest(town)) }),
    },
    banned: { as: 'stranger', body: hello },
    name_taken: {
      body: hello,
      first: async (town) => {
        const nora = await guest(town);
        await town.fake.account('Nora', 'viewer');
        await town.fake.clock.advance(31_000);
        return nora;
      },
    },
    bad_message: { as: 'viewer', body: { text: ' ' } },
    too_fast: { as: 'viewer', body: { text: 'hello' } },
  },
  'DELETE /channels/{slug}/chat/authors/{id}': {
    204: {},
    not_yours_to_moderate: { first: async (town) => ({ ...(await aboveModerators(town)), id: ownerOf(town) }) },
  },
  'DELETE /chat/{id}': {
    204: {},
    unauthorized: { as: 'wrong' },
    insufficient_scope: { first: withoutScope('chat') },
    not_set_up: { as: 'admin', town: 'ownerless' },
    name_needed: { as: 'nobody' },
    not_yours_to_moderate: { as: 'stranger' },
  },
  'PUT /chat/guest': {
    200: { as: 'nobody', body: { name: 'Nora' } },
    bad_guest_name: { as: 'nobody', body: { name: 'moderator' } },
    name_taken: { as: 'nobody', body: { name: 'stranger' } },
  },
  'GET /channels/{slug}/bans': { 200: {} },
  'POST /channels/{slug}/bans': {
    201: { first: async ({ ids }) => ({ body: { authorId: ids['/users'] } }) },
    no_author: { body: { authorId: NOBODYS } },
    not_yours_to_moderate: {
      first: async (town) => ({ ...(await aboveModerators(town)), body: { authorId: ownerOf(town) } }),
    },
  },
  'DELETE /channels/{slug}/bans/{id}': { 204: {} },
};
