/** The server's accounts as its owner sees them, as `/api/v1/openapi.json` describes them. */
import type { User } from './api/accounts.ts';

export type Role = User['role'];

export const ROLES = ['viewer', 'streamer', 'owner'] as const satisfies readonly Role[];

export interface Person extends User {
  readonly isDisabled: boolean;
  readonly createdAt: string;
  /** How many are its own. */
  readonly channels: number;
}

/** An invitation that nobody has accepted yet. */
export interface Invite {
  readonly id: string;
  readonly role: Role;
  readonly expiresAt: string;
}

/** The only time that `url` is seen. */
export interface OneTimeLink {
  readonly url: string;
  readonly expiresAt: string;
}
