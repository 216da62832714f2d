import type { User } from '../accounts/ports.ts';
import type { Scope } from '../accounts/scopes.ts';
import type { Channel } from '../channels/ports.ts';
import type { Pass } from '../streams/passes.ts';
import type { Identity } from './permissions.ts';

/** What a route knows of who asks once he was let in. `channel` is that of the path's `{slug}`. */
export interface Granted {
  anyone: Record<never, never>;
  /** `pass`: what lets him see the channel; none where he always may. */
  visitor: { readonly channel: Channel; readonly pass: Pass | undefined };
  account: { readonly account: User; readonly identity: Identity };
  publisher: { readonly account: User };
  moderator: { readonly channel: Channel; readonly account: User };
  manager: { readonly channel: Channel; readonly account: User };
  owner: Record<never, never>;
}

export type Who = keyof Granted;

/** Who may call a route, and what a token must be good for to do it; `none`: any token will do. */
export interface Access<W extends Who = Who> {
  readonly who: W;
  readonly scope: Scope | 'none';
  /** Also whoever asks from the server's own machine, without saying who he is. */
  readonly orLocal?: true;
}

/** The same in words, for the API's description. */
export function accessText({ who, scope, orLocal }: Access): string {
  const local = orLocal ? ', and for whoever asks from its own machine' : '';
  const token = scope === 'none' ? '' : ` ${who === 'visitor' ? 'There a' : 'A'} token needs the scope \`${scope}\`.`;
  return `${WHO_TEXT[who]}${local}.${who === 'anyone' ? '' : token}`;
}

const WHO_TEXT = {
  anyone: 'For anyone',
  visitor: 'For anyone; of a private channel for those who manage or moderate it, and by a viewer token',
  account: 'For every account',
  publisher: 'For accounts that may have channels',
  moderator: "For the channel's moderators, its streamer and the server's owner",
  manager: "For the channel's streamer and the server's owner",
  owner: "For the server's owner",
} as const satisfies Record<Who, string>;

/** As OpenAPI says it. */
export function securityOf({ who, scope, orLocal }: Access): Record<string, string[]>[] {
  if (who === 'anyone') return [];
  const needed = [{ bearer: scope === 'none' ? [] : [scope] }, { cookie: [] }];
  return who === 'visitor' || orLocal ? [{}, ...needed] : needed;
}
