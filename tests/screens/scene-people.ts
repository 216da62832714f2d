import type { Api } from '../support/api.ts';
import { tokenOfNewcomer } from '../support/newcomer.ts';

/** Those who were invited, each with a program of his own. */
export async function setPeople(owner: Api, url: string): Promise<void> {
  const house = { name: 'Home automation', scopes: ['read', 'streams'] };
  await tokenOfNewcomer(owner, url, { name: 'Ingrid', role: 'streamer' }, house);
  const bot = { name: 'Chat bot', scopes: ['read', 'chat'], ttlSeconds: 604_800 };
  await tokenOfNewcomer(owner, url, { name: 'Pavel', role: 'viewer' }, bot);
}
