/** Who may send to a channel, and who may see a private one. */
import { type Calls, channelPath, type Page } from './call.ts';

export interface StreamKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
}

/** A key just made: the only time that `key` itself is seen. */
export type NewStreamKey = Pick<StreamKey, 'id' | 'name' | 'prefix'> & { readonly key: string };

/** An invitation to a private channel, as it is remembered. */
export interface ViewerToken {
  readonly id: string;
  readonly label: string;
  /** So many may watch with it at once; `null`: any number. */
  readonly maxViewers: number | null;
  /** Who do now. */
  readonly viewers: number;
  readonly expiresAt: string;
}

/** The only time that `token` itself is seen. */
export type NewViewerToken = ViewerToken & { readonly token: string };

export function keysApi({ call }: Calls) {
  return {
    keys: (slug: string) =>
      call<{ items: readonly StreamKey[] }>('GET', `${channelPath(slug)}/keys?limit=100`).then(({ items }) => items),
    createKey: (slug: string, key: { name: string; ttlSeconds?: number }) =>
      call<NewStreamKey>('POST', `${channelPath(slug)}/keys`, key),
    changeKey: (slug: string, id: string, change: { name?: string; ttlSeconds?: number; expiresAt?: string | null }) =>
      call<StreamKey>('PATCH', `${channelPath(slug)}/keys/${id}`, change),
    rotateKey: (slug: string, id: string) => call<NewStreamKey>('POST', `${channelPath(slug)}/keys/${id}/rotate`),
    deleteKey: (slug: string, id: string) => call<void>('DELETE', `${channelPath(slug)}/keys/${id}`),
    viewerTokens: (slug: string) =>
      call<Page<ViewerToken>>('GET', `${channelPath(slug)}/viewer-tokens?limit=100`).then(({ items }) => items),
    createViewerToken: (slug: string, draft: Pick<ViewerToken, 'label' | 'maxViewers'> & { ttlSeconds: number }) =>
      call<NewViewerToken>('POST', `${channelPath(slug)}/viewer-tokens`, draft),
    revokeViewerToken: (slug: string, id: string) => call<void>('DELETE', `${channelPath(slug)}/viewer-tokens/${id}`),
    revokeViewerTokens: (slug: string) => call<void>('DELETE', `${channelPath(slug)}/viewer-tokens`),
    /** From now on this browser may see the channel, as long as the token lasts. */
    openAccess: (slug: string, token: string) => call<void>('POST', `${channelPath(slug)}/access`, { token }),
  };
}
