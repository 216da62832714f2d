import type { ApiTokenRecord, LoginRecord, User } from '../accounts/ports.ts';
import type { Scope } from '../accounts/scopes.ts';
import type { Channel } from '../channels/ports.ts';
import type { ChatRole } from '../chat/ports.ts';

/** Who asks: the administrator's token, a user who is logged in, or one by a token of his. */
export type Identity =
  | { readonly kind: 'admin' }
  | { readonly kind: 'login'; readonly user: User; readonly session: LoginRecord }
  | { readonly kind: 'token'; readonly user: User; readonly token: ApiTokenRecord };

/** Who is a moderator of which channel. */
export interface ModeratorLookup {
  has(channelId: string, userId: string): Promise<boolean>;
}

/** Tokens are good for what they were made for; a login and the administrator's token for everything. */
export function hasScope(identity: Identity, scope: Scope): boolean {
  return identity.kind !== 'token' || identity.token.scopes.includes(scope);
}

/** Health, and whatever else concerns the server and no channel. */
export function mayAdminister(identity: Identity): boolean {
  return identity.kind === 'admin' || identity.user.role === 'owner';
}

/** The server's owner manages everything, a streamer what is his own, a viewer nothing. */
export function mayManage(identity: Identity | undefined, channel: Channel): boolean {
  if (identity === undefined) return false;
  if (identity.kind === 'admin' || mayAdminister(identity)) return true;
  return identity.user.role === 'streamer' && identity.user.id === channel.ownerId;
}

/** Whoever manages the channel, and whoever was made its moderator, whatever his role. */
export async function mayModerate(
  identity: Identity | undefined,
  channel: Channel,
  moderators: ModeratorLookup,
): Promise<boolean> {
  if (identity === undefined) return false;
  if (identity.kind === 'admin' || mayManage(identity, channel)) return true;
  return moderators.has(channel.id, identity.user.id);
}

/** Unlisted channels are seen by whoever knows them, private ones by those who manage or moderate them. */
export async function maySee(
  identity: Identity | undefined,
  channel: Channel,
  moderators: ModeratorLookup,
): Promise<boolean> {
  return channel.visibility !== 'private' || mayModerate(identity, channel, moderators);
}

export function mayPublish(user: User): boolean {
  return user.role !== 'viewer';
}

/** What an account is in the chat of a channel. */
export async function chatRoleOf(user: User, channel: Channel, moderators: ModeratorLookup): Promise<ChatRole> {
  if (user.id === channel.ownerId && mayPublish(user)) return 'streamer';
  if (user.role === 'owner') return 'owner';
  return (await moderators.has(channel.id, user.id)) ? 'moderator' : 'viewer';
}
