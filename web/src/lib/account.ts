/** An account's own matters, as `/api/v1/openapi.json` describes them. */

/** Somebody being logged in on some device. */
export interface LoginSession {
  readonly id: string;
  readonly device: string;
  readonly lastSeenAt: string;
  readonly isCurrent: boolean;
}

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
}

/** As the server's owner sees it. */
export interface HeldApiToken extends ApiToken {
  readonly createdAt: string;
  /** Whom it acts for. */
  readonly user: { readonly id: string; readonly name: string };
}

/** A token just made: the only time that `token` itself is seen. */
export type NewApiToken = ApiToken & { readonly token: string };

/** What a token may be for, in the order in which they are offered. */
export const SCOPES = ['read', 'channels', 'keys', 'streams', 'chat', 'webhooks', 'account', 'admin'] as const;
