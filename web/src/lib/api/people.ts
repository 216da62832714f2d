/** All accounts, for owners. */
import type { HeldApiToken } from '../account.ts';
import type { Invite, OneTimeLink, Person, Role } from '../people.ts';
import type { Calls, Page } from './call.ts';

export function peopleApi({ call }: Calls) {
  return {
    people: (query: { readonly q?: string; readonly cursor?: string } = {}) =>
      call<Page<Person>>('GET', `/users?${new URLSearchParams({ limit: '50', ...query })}`),
    changePerson: (id: string, change: { role?: Role; isDisabled?: boolean }) =>
      call<Person>('PATCH', `/users/${id}`, change),
    deletePerson: (id: string) => call<void>('DELETE', `/users/${id}`),
    passwordLink: (id: string) => call<OneTimeLink>('POST', `/users/${id}/password-reset`),
    invites: () => call<Page<Invite>>('GET', '/invites?limit=100').then((page) => page.items),
    invite: (role: Role) => call<OneTimeLink>('POST', '/invites', { role }),
    /** Of everybody. */
    allTokens: (cursor?: string) =>
      call<Page<HeldApiToken>>(
        'GET',
        `/admin/tokens?${new URLSearchParams({ limit: '50', ...(cursor && { cursor }) })}`,
      ),
    deleteAnyonesToken: (id: string) => call<void>('DELETE', `/admin/tokens/${id}`),
    revokeInvite: (id: string) => call<void>('DELETE', `/invites/${id}`),
  };
}
