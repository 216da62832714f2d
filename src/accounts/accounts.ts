import { ApiTokens } from './api-tokens.ts';
import { AccountChanges } from './changes.ts';
import { Login } from './login.ts';
import { OneTimeLinks } from './one-time-links.ts';
import { Passwords } from './passwords.ts';
import { People } from './people.ts';
import type { ApiTokenStore, LoginSessionStore, OneTimeLinkStore, UserStore } from './ports.ts';
import { SetUp } from './set-up.ts';

export interface AccountStores {
  readonly users: UserStore;
  readonly loginSessions: LoginSessionStore;
  readonly apiTokens: ApiTokenStore;
  readonly oneTimeLinks: OneTimeLinkStore;
}

export interface Accounts {
  readonly users: UserStore;
  readonly login: Login;
  readonly setUp: SetUp;
  readonly people: People;
  readonly oneTimeLinks: OneTimeLinks;
  readonly apiTokens: ApiTokens;
  readonly accountChanges: AccountChanges;
}

/** All that has to do with people, over one queue for their passwords. `isOpen`: anybody may make an account. */
export function openAccounts(stores: AccountStores, { isOpen }: { isOpen: boolean }): Accounts {
  const { users, loginSessions: sessions, apiTokens, oneTimeLinks: store } = stores;
  const passwords = new Passwords();
  const changes = new AccountChanges();
  return {
    users,
    login: new Login({ users, sessions, passwords, changes }),
    setUp: new SetUp({ users, passwords }),
    people: new People({ users, sessions, apiTokens, passwords, changes, isOpen }),
    oneTimeLinks: new OneTimeLinks({ store, users, sessions, passwords, changes }),
    apiTokens: new ApiTokens({ store: apiTokens, changes }),
    accountChanges: changes,
  };
}
