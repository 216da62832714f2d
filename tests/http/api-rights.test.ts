import { expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/accounts/scopes.ts';
import type { Visibility } from '../../src/channels/ports.ts';
import type { Who } from '../../src/http/access.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';

/** Who each route of the API is for, and the scope that a token needs. A route without a row fails; so does a row without one. */
const ROUTES: Readonly<Record<string, readonly [who: Who, scope: Scope | 'none']>> = {
  'GET /setup': ['anyone', 'none'],
  'POST /setup': ['anyone', 'none'],
  'POST /login': ['anyone', 'none'],
  'POST /logout': ['anyone', 'none'],
  'GET /me': ['account', 'none'],
  'GET /register': ['anyone', 'none'],
  'POST /register': ['anyone', 'none'],
  'POST /password-reset': ['anyone', 'none'],
  'PATCH /me': ['account', 'account'],
  'POST /me/password': ['account', 'account'],
  'POST /me/delete': ['account', 'account'],
  'GET /logins': ['account', 'account'],
  'DELETE /logins/{id}': ['account', 'account'],
  'POST /logins/end-others': ['account', 'account'],
  'GET /users': ['owner', 'admin'],
  'GET /users/{id}': ['owner', 'admin'],
  'PATCH /users/{id}': ['owner', 'admin'],
  'DELETE /users/{id}': ['owner', 'admin'],
  'POST /users/{id}/password-reset': ['owner', 'admin'],
  'GET /invites': ['owner', 'admin'],
  'POST /invites': ['owner', 'admin'],
  'DELETE /invites/{id}': ['owner', 'admin'],
  'POST /invites/accept': ['anyone', 'none'],
  'GET /tokens': ['account', 'account'],
  'POST /tokens': ['account', 'account'],
  'GET /tokens/{id}': ['account', 'account'],
  'DELETE /tokens/{id}': ['account', 'account'],
  'GET /admin/tokens': ['owner', 'admin'],
  'DELETE /admin/tokens/{id}': ['owner', 'admin'],
  'GET /categories': ['anyone', 'none'],
  'GET /channels': ['anyone', 'read'],
  'POST /channels': ['publisher', 'channels'],
  'GET /channels/{slug}': ['visitor', 'read'],
  'PATCH /channels/{slug}': ['manager', 'channels'],
  'DELETE /channels/{slug}': ['manager', 'channels'],
  'GET /channels/{slug}/avatar': ['visitor', 'read'],
  'PUT /channels/{slug}/avatar': ['manager', 'channels'],
  'DELETE /channels/{slug}/avatar': ['manager', 'channels'],
  'GET /channels/{slug}/poster': ['visitor', 'read'],
  'PUT /channels/{slug}/poster': ['manager', 'channels'],
  'DELETE /channels/{slug}/poster': ['manager', 'channels'],
  'GET /channels/{slug}/moderators': ['moderator', 'read'],
  'PUT /channels/{slug}/moderators/{name}': ['manager', 'channels'],
  'DELETE /channels/{slug}/moderators/{name}': ['manager', 'channels'],
  'GET /channels/{slug}/keys': ['manager', 'keys'],
  'POST /channels/{slug}/keys': ['manager', 'keys'],
  'GET /channels/{slug}/keys/{id}': ['manager', 'keys'],
  'PATCH /channels/{slug}/keys/{id}': ['manager', 'keys'],
  'DELETE /channels/{slug}/keys/{id}': ['manager', 'keys'],
  'POST /channels/{slug}/keys/{id}/rotate': ['manager', 'keys'],
  'GET /channels/{slug}/viewer-tokens': ['manager', 'keys'],
  'POST /channels/{slug}/viewer-tokens': ['manager', 'keys'],
  'DELETE /channels/{slug}/viewer-tokens': ['manager', 'keys'],
  'GET /channels/{slug}/viewer-tokens/{id}': ['manager', 'keys'],
  'DELETE /channels/{slug}/viewer-tokens/{id}': ['manager', 'keys'],
  'POST /channels/{slug}/access': ['anyone', 'none'],
  'DELETE /channels/{slug}/access': ['anyone', 'none'],
  'GET /channels/{slug}/live': ['visitor', 'read'],
  'GET /channels/{slug}/live/sessions': ['manager', 'streams'],
  'DELETE /channels/{slug}/live/sessions/{id}': ['manager', 'streams'],
  'POST /channels/{slug}/live/stop': ['manager', 'streams'],
  'GET /channels/{slug}/events': ['visitor', 'read'],
  'GET /channels/{slug}/chat': ['visitor', 'read'],
  'POST /channels/{slug}/chat': ['visitor', 'chat'],
  'GET /channels/{slug}/chat/me': ['visitor', 'read'],
  'DELETE /channels/{slug}/chat/authors/{id}': ['moderator', 'chat'],
  'GET /channels/{slug}/bans': ['moderator', 'chat'],
  'POST /channels/{slug}/bans': ['moderator', 'chat'],
  'DELETE /channels/{slug}/bans/{id}': ['moderator', 'chat'],
  'DELETE /chat/{id}': ['anyone', 'chat'],
  'PUT /chat/guest': ['anyone', 'none'],
  'GET /channels/{slug}/streams': ['visitor', 'read'],
  'GET /streams/{id}': ['anyone', 'read'],
  'GET /channels/{slug}/recordings': ['visitor', 'read'],
  'GET /recordings/{id}': ['anyone', 'read'],
  'DELETE /recordings/{id}': ['publisher', 'streams'],
  'POST /recordings/{id}/renditions': ['publisher', 'streams'],
  'GET /jobs': ['publisher', 'streams'],
  'GET /jobs/{id}': ['publisher', 'streams'],
  'DELETE /jobs/{id}': ['publisher', 'streams'],
  'POST /jobs/{id}/retry': ['publisher', 'streams'],
  'DELETE /streams/{id}': ['account', 'streams'],
  'GET /streams/{id}/analytics': ['account', 'streams'],
  'GET /channels/{slug}/analytics': ['manager', 'streams'],
  'GET /webhooks': ['publisher', 'webhooks'],
  'POST /webhooks': ['publisher', 'webhooks'],
  'GET /webhooks/{id}': ['publisher', 'webhooks'],
  'PATCH /webhooks/{id}': ['publisher', 'webhooks'],
  'DELETE /webhooks/{id}': ['publisher', 'webhooks'],
  'POST /webhooks/{id}/rotate': ['publisher', 'webhooks'],
  'POST /webhooks/{id}/test': ['publisher', 'webhooks'],
  'GET /webhooks/{id}/deliveries': ['publisher', 'webhooks'],
  'POST /webhooks/{id}/deliveries/{deliveryId}/redeliver': ['publisher', 'webhooks'],
  'GET /health': ['owner', 'admin'],
  'GET /storage': ['owner', 'admin'],
  'POST /health/browser': ['owner', 'admin'],
  'GET /health/events': ['owner', 'admin'],
  'POST /health/upload': ['owner', 'admin'],
  'GET /reachability': ['owner', 'admin'],
  'POST /reachability': ['owner', 'admin'],
  'DELETE /reachability/{id}': ['owner', 'admin'],
};

const COLUMNS = [
  'nobody',
  'wrong token',
  'disabled',
  'viewer',
  'moderator',
  'streamer',
  'another streamer',
  'owner',
  'admin token',
  'token without the scope',
] as const;
type Column = (typeof COLUMNS)[number];
type Outcome = 'in' | 'unauthorized' | 'forbidden' | 'insufficient_scope' | 'no_channel';

/** Whom each declaration lets in; who is a moderator or streamer is so on the channel that is asked for. */
const LETS_IN: Readonly<Record<Who, readonly Column[]>> = {
  anyone: COLUMNS,
  visitor: ['moderator', 'streamer', 'owner', 'admin token'],
  account: ['viewer', 'moderator', 'streamer', 'another streamer', 'owner', 'admin token'],
  publisher: ['streamer', 'another streamer', 'owner', 'admin token'],
  moderator: ['moderator', 'streamer', 'owner', 'admin token'],
  manager: ['streamer', 'owner', 'admin token'],
  owner: ['owner', 'admin token'],
};

function rowOf(route: string): readonly [who: Who, scope: Scope | 'none'] {
  const row = ROUTES[route];
  if (!row) throw new Error(`no row for ${route}`);
  return row;
}

function expected(route: string, column: Column, visibility: Visibility): Outcome {
  const [who, scope] = rowOf(route);
  const isOnChannel = route.includes('{slug}');
  if (who === 'anyone' || (who === 'visitor' && visibility === 'public')) return 'in';
  if (column === 'nobody') return who === 'visitor' ? 'no_channel' : 'unauthorized';
  if (column === 'wrong token' || column === 'disabled') return 'unauthorized';
  if (column === 'token without the scope') return scope === 'none' ? 'in' : 'insufficient_scope';
  if (LETS_IN[who].includes(column)) return 'in';
  const maySee = visibility === 'public' || LETS_IN.visitor.includes(column);
  return isOnChannel && !maySee ? 'no_channel' : 'forbidden';
}

/** A server with an account of every kind and a channel of the streamer. */
async function newTown(visibility: Visibility) {
  const fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  const streamer = await fake.account('streamer', 'streamer');
  const another = await fake.account('another', 'streamer');
  const viewer = await fake.account('viewer', 'viewer');
  const moderator = await fake.account('moderator', 'viewer');
  const disabled = await fake.account('disabled', 'owner');
  fake.users.disable(disabled.user.id);
  const { channel, key, keyId } = await fake.channel('brook', streamer.user.id, visibility);
  await fake.moderators.appoint(channel.id, 'moderator');
  const tokens: Record<Column, string | undefined> = {
    nobody: undefined,
    'wrong token': 'frt_nonsense',
    disabled: disabled.token,
    viewer: viewer.token,
    moderator: moderator.token,
    streamer: streamer.token,
    'another streamer': another.token,
    owner: owner.token,
    'admin token': ADMIN_TOKEN,
    'token without the scope': undefined,
  };
  return { fake, owner, streamer, another, channel, key, keyId, tokens };
}

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

async function outcome(route: string, column: Column, visibility: Visibility): Promise<Outcome> {
  const { fake, owner, tokens } = await newTown(visibility);
  const [method = '', path = ''] = route.split(' ');
  let token = tokens[column];
  if (column === 'token without the scope') {
    const scopes = SCOPES.filter((scope) => scope !== rowOf(route)[1]);
    ({ token } = await fake.accounts.apiTokens.create(owner.user.id, { name: 'narrow', scopes }));
  }
  const filled = path
    .replace('{slug}', 'brook')
    .replace('{name}', 'viewer')
    .replaceAll(/\{\w+\}/g, ID);
  const response = await fake.call(method, filled, {
    ...(token !== undefined && { token }),
    ...(['POST', 'PATCH'].includes(method) && { body: {} }),
  });
  if (response.headers.get('content-type') !== 'application/problem+json') {
    await response.body?.cancel();
    // A DELETE of what who asks may not know of is answered as one of what is gone.
    const isHidden = method === 'DELETE' && visibility === 'private' && fake.channelStore.rows.size > 0;
    return isHidden && expected(route, column, visibility) === 'no_channel' ? 'no_channel' : 'in';
  }
  const { type } = (await response.json()) as { type: string };
  const code = type.split(':').at(-1) ?? '';
  return (
    (['unauthorized', 'forbidden', 'insufficient_scope', 'no_channel'] as const).find((one) => one === code) ?? 'in'
  );
}

async function operations() {
  const { paths } = await new FakeApp().document();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
}

it('every route of the API has a row here, and declares what the row says', async () => {
  const declared = (await operations()).map(({ route, operation }) => {
    const { who, scope } = operation['x-access'] ?? {};
    return [route, [who, scope]];
  });
  expect(Object.fromEntries(declared)).toEqual(ROUTES);
});

it.each(Object.keys(ROUTES))('%s lets in whom it is for, and nobody else', async (route) => {
  for (const visibility of route.includes('{slug}') ? (['public', 'private'] as const) : (['public'] as const)) {
    const found: Record<string, Outcome> = {};
    const wanted: Record<string, Outcome> = {};
    for (const column of COLUMNS) {
      found[column] = await outcome(route, column, visibility);
      wanted[column] = expected(route, column, visibility);
    }
    expect(found, visibility).toEqual(wanted);
  }
});
