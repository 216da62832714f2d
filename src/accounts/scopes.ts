/** What an API token may be used for. A login has all of them; no token has more rights than its account. */
export const SCOPES = ['read', 'channels', 'keys', 'streams', 'chat', 'webhooks', 'account', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(name: string): name is Scope {
  return SCOPES.some((scope) => scope === name);
}
