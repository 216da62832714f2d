import { type Ask, NOBODYS, type Rows } from './ask.ts';
import { PASSWORD, type Town } from './town.ts';

const nora = { name: 'Nora', password: PASSWORD };
const simple = 'aaaaaaaaaaaa';
const noname = { ...nora, name: '<b>' };
const taken = { ...nora, name: 'stranger' };

/** Passwords take long to look at: so many wait that no more are taken. */
async function crowd({ fake }: Town): Promise<Ask> {
  for (let i = 0; i < 30; i += 1) fake.accounts.login.check('somebody', PASSWORD).catch(() => {});
  return {};
}

/** First these, one after the other, each with what the ones before said. */
function after(...steps: readonly NonNullable<Ask['first']>[]): Ask {
  return {
    first: async (town) => {
      let said: Ask = {};
      for (const step of steps) said = { ...said, ...(await step(town)) };
      return said;
    },
  };
}

/** An account with a password, which is logged in. */
const withPassword = async ({ fake, tokens }: Town): Promise<Ask> => {
  const made = await fake.call('POST', '/invites', { token: tokens.owner, body: { role: 'viewer' } });
  const token = linkToken(((await made.json()) as { url: string }).url);
  const accepted = await fake.call('POST', '/invites/accept', { body: { ...nora, token } });
  const cookie = accepted.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { as: 'nobody', headers: { cookie } };
};

const linkToken = (url: string) => new URL(url).searchParams.get('token') ?? '';

const invited =
  (body: object) =>
  async ({ fake, tokens }: Town): Promise<Ask> => {
    const made = await fake.call('POST', '/invites', { token: tokens.owner, body: { role: 'viewer' } });
    return { body: { ...body, token: linkToken(((await made.json()) as { url: string }).url) } };
  };

const forgotten =
  (body: object) =>
  async ({ fake, tokens, ids }: Town): Promise<Ask> => {
    const made = await fake.call('POST', `/users/${ids['/users']}/password-reset`, { token: tokens.owner });
    return { body: { ...body, token: linkToken(((await made.json()) as { url: string }).url) } };
  };

const unused = async ({ fake }: Town): Promise<Ask> => {
  fake.users.rows.clear();
  return {};
};
const ownerId = async ({ fake }: Town) => ({ id: [...fake.users.rows.keys()][0] ?? '' });

/** Nobody has an account there yet. */
const setUp = (body: object) => ({ as: 'admin', body, first: unused }) as const;
const registering = (body: object) => ({ as: 'nobody', body, server: { isRegistrationOpen: true } }) as const;

export const accountRows: Rows = {
  'GET /setup': { 200: { as: 'nobody' } },
  'POST /setup': {
    201: setUp(nora),
    unauthorized: { as: 'wrong', body: nora },
    already_set_up: { as: 'admin', body: nora },
    bad_setup_token: { as: 'nobody', body: { ...nora, token: 'wrong' } },
    bad_name: setUp(noname),
    bad_password: setUp({ ...nora, password: simple }),
    too_many_logins: { as: 'admin', body: nora, ...after(unused, crowd) },
  },
  'GET /register': { 200: { as: 'nobody' } },
  'POST /register': {
    201: registering(nora),
    not_set_up: { ...registering(nora), first: unused },
    registration_closed: { as: 'nobody', body: nora },
    name_taken: registering(taken),
    bad_name: registering(noname),
    bad_password: registering({ ...nora, password: simple }),
    too_many_logins: { ...registering(nora), first: crowd },
  },
  'POST /login': {
    200: { ...after(withPassword), body: nora },
    bad_login: { as: 'nobody', body: nora },
    account_disabled: {
      body: nora,
      ...after(withPassword, async ({ fake }) => {
        const { id } = (await fake.users.byName('Nora')) ?? { id: '' };
        fake.users.disable(id);
        return {};
      }),
    },
    too_many_logins: { as: 'nobody', body: nora, first: crowd },
  },
  'POST /logout': { 204: {} },
  'POST /password-reset': {
    200: after(forgotten({ password: PASSWORD })),
    bad_link: { as: 'nobody', body: { token: 'wrong', password: PASSWORD } },
    bad_password: after(forgotten({ password: simple })),
    too_many_logins: after(forgotten({ password: PASSWORD }), crowd),
  },
  'GET /me': { 200: {} },
  'PATCH /me': {
    200: { body: { name: 'Olga' } },
    bad_name: { body: { name: '<b>' } },
    name_taken: { body: { name: 'stranger' } },
  },
  'POST /me/password': {
    204: { body: { oldPassword: PASSWORD, newPassword: 'another long one' }, first: withPassword },
    wrong_password: { body: { oldPassword: 'no', newPassword: 'another long one' }, first: withPassword },
    bad_password: { body: { oldPassword: PASSWORD, newPassword: simple }, first: withPassword },
    too_many_logins: {
      body: { oldPassword: PASSWORD, newPassword: 'another long one' },
      ...after(withPassword, crowd),
    },
  },
  'POST /me/delete': {
    204: { body: { password: PASSWORD }, first: withPassword },
    wrong_password: { body: { password: 'no' }, first: withPassword },
    last_owner: {
      body: { password: PASSWORD },
      ...after(withPassword, async ({ fake }) => {
        const { id } = (await fake.users.byName('Nora')) ?? { id: '' };
        await fake.users.change(id, { role: 'owner' });
        const [first = ''] = fake.users.rows.keys();
        await fake.users.change(first, { role: 'viewer' });
        return {};
      }),
    },
    too_many_logins: { body: { password: PASSWORD }, ...after(withPassword, crowd) },
  },
  'GET /logins': { 200: {} },
  'DELETE /logins/{id}': { 204: {} },
  'POST /logins/end-others': { 204: {} },
  'GET /users': { 200: {} },
  'GET /users/{id}': { 200: {}, no_user: { id: NOBODYS } },
  'PATCH /users/{id}': {
    200: { body: { role: 'streamer' } },
    no_user: { id: NOBODYS, body: { role: 'streamer' } },
    last_owner: { body: { role: 'viewer' }, first: ownerId },
  },
  'DELETE /users/{id}': { 204: {}, last_owner: { first: ownerId } },
  'POST /users/{id}/password-reset': { 201: {}, no_user: { id: NOBODYS } },
  'GET /invites': { 200: {} },
  'POST /invites': {
    201: { body: { role: 'viewer' } },
    not_set_up: { as: 'admin', body: { role: 'viewer' }, town: 'ownerless' },
  },
  'DELETE /invites/{id}': { 204: {} },
  'POST /invites/accept': {
    201: after(invited(nora)),
    bad_link: { as: 'nobody', body: { ...nora, token: 'wrong' } },
    name_taken: after(invited(taken)),
    bad_name: after(invited(noname)),
    bad_password: after(invited({ ...nora, password: simple })),
    too_many_logins: after(invited(nora), crowd),
  },
  'GET /tokens': { 200: {} },
  'POST /tokens': {
    201: { body: { name: 'script' } },
    too_many_scopes: {
      body: { name: 'script', scopes: ['admin'] },
      first: async ({ fake, tokens }) => {
        const body = { name: 'narrow', scopes: ['account'] };
        const made = await fake.call('POST', '/tokens', { token: tokens.owner, body });
        return { token: ((await made.json()) as { token: string }).token };
      },
    },
  },
  'GET /tokens/{id}': { 200: {}, no_token: { id: NOBODYS } },
  'DELETE /tokens/{id}': { 204: {} },
  'GET /admin/tokens': { 200: {} },
  'DELETE /admin/tokens/{id}': { 204: {} },
};
