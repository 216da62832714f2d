/** Being somebody: setting up, logging in, and an account's own matters. */
import type { ApiToken, LoginSession, NewApiToken } from '../account.ts';
import { ApiError, type Calls, type Page } from './call.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: 'owner' | 'streamer' | 'viewer';
}

export function accountsApi({ call }: Calls) {
  return {
    setupNeeded: () => call<{ needed: boolean }>('GET', '/setup').then((setup) => setup.needed),
    setup: (owner: { token: string; name: string; password: string }) => call<User>('POST', '/setup', owner),
    login: (name: string, password: string) => call<User>('POST', '/login', { name, password }),
    /** Whether anybody may make an account. */
    mayRegister: () => call<{ isOpen: boolean }>('GET', '/register').then(({ isOpen }) => isOpen),
    register: (name: string, password: string) => call<User>('POST', '/register', { name, password }),
    logout: () => call<void>('POST', '/logout'),
    /** `undefined` when nobody is logged in. */
    me: () =>
      call<User>('GET', '/me').catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) return undefined;
        throw error;
      }),
    acceptInvite: (invited: { token: string; name: string; password: string }) =>
      call<User>('POST', '/invites/accept', invited),
    resetPassword: (token: string, password: string) => call<User>('POST', '/password-reset', { token, password }),
    changePassword: (oldPassword: string, newPassword: string) =>
      call<void>('POST', '/me/password', { oldPassword, newPassword }),
    logins: () => call<Page<LoginSession>>('GET', '/logins?limit=100').then(({ items }) => items),
    endLogin: (id: string) => call<void>('DELETE', `/logins/${id}`),
    endOtherLogins: () => call<void>('POST', '/logins/end-others'),
    tokens: () => call<Page<ApiToken>>('GET', '/tokens?limit=100').then(({ items }) => items),
    createToken: (draft: { name: string; scopes: readonly string[] }) => call<NewApiToken>('POST', '/tokens', draft),
    deleteToken: (id: string) => call<void>('DELETE', `/tokens/${id}`),
  };
}
