import { SCOPES } from '../../../src/accounts/scopes.ts';
import type { Operation } from '../../support/api-contract.ts';
import type { Ask, Outcomes } from './ask.ts';
import type { Town } from './town.ts';

const TOO_LONG = 'x'.repeat(300);
/** More than any route takes. */
const LARGEST = 'x'.repeat(4 * 1024 * 1024);

/** What follows from who a route is for, from what it takes, and from what holds for all of them; `taken`: a request that it takes. */
export function outcomesOfEveryRoute(method: string, operation: Operation, taken: Ask): Outcomes {
  const { parameters = [], requestBody } = operation;
  const { first: _, server: __, ...rest } = taken;
  const ok: Ask = { ...rest, town: 'usual' };
  const namesIn = (place: string) => parameters.flatMap((one) => (one.in === place ? [one.name] : []));
  const wrongQuery = namesIn('query').map((name) => `${name}=%00`);
  const conditions = namesIn('header');
  return {
    ...outcomesOfAccess(method, operation, ok),
    ...(namesIn('path').some((name) => name !== 'slug') && { not_found: { ...ok, id: TOO_LONG, name: TOO_LONG } }),
    ...(wrongQuery.length > 0 && { invalid_fields: { ...ok, query: wrongQuery.join('&') } }),
    ...(requestBody?.content?.['application/json'] !== undefined && {
      bad_request: { ...ok, body: '{' },
      invalid_fields: { ...ok, body: { isNotKnown: true } },
    }),
    ...(method !== 'GET' && {
      bad_content_type: { ...ok, body: 'a', headers: { 'content-type': 'text/plain' } },
      body_too_large: { ...ok, body: LARGEST },
      cross_site: { ...ok, as: 'nobody', headers: { ...ok.headers, origin: 'https://elsewhere.example' } },
    }),
    ...(conditions.includes('If-Match') && {
      changed_meanwhile: { ...ok, headers: { ...ok.headers, 'if-match': '"another"' } },
    }),
    ...(conditions.includes('If-None-Match') && { 304: { ...ok, headers: { 'if-none-match': '*' } } }),
    rate_limited: { ...ok, town: 'strict' },
    internal: { ...ok, town: 'broken' },
  };
}

/** Of a route for anyone that looks at who asks all the same, these stand in its row. */
function outcomesOfAccess(method: string, { 'x-access': access }: Operation, ok: Ask): Outcomes {
  if (!access || access.who === 'anyone') return {};
  const { who, scope } = access;
  const asked = who === 'visitor' ? { ...ok, slug: 'spring' } : ok;
  return {
    ...((who !== 'visitor' || scope !== 'none') && { unauthorized: { ...asked, as: 'wrong' } }),
    ...(scope !== 'none' && { insufficient_scope: { ...asked, first: withoutScope(scope) } }),
    // What is not there is deleted already.
    ...(['visitor', 'moderator', 'manager'].includes(who) && {
      [method === 'DELETE' ? '204 without a channel' : 'no_channel']: { ...ok, slug: 'nothing' },
    }),
    ...(who === 'publisher' && { forbidden: { ...ok, as: 'viewer' } }),
    ...(['moderator', 'manager', 'owner'].includes(who) && { forbidden: { ...ok, as: 'stranger' } }),
    ...(!['visitor', 'owner'].includes(who) && { not_set_up: { ...ok, as: 'admin', town: 'ownerless' } }),
  };
}

/** By a token that may do all but this. */
export function withoutScope(scope: string): NonNullable<Ask['first']> {
  return async ({ fake, tokens }: Town) => {
    const body = { name: 'narrow', scopes: SCOPES.filter((one) => one !== scope) };
    const made = await fake.call('POST', '/tokens', { token: tokens.owner, body });
    return { token: ((await made.json()) as { token: string }).token };
  };
}
