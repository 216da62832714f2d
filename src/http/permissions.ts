import type { User } from '../accounts/ports.ts';
import type { Channel } from '../channels/ports.ts';

/** Who asks: the administrator's token, or a user by token or cookie. */
export type Identity = { readonly kind: 'admin' } | { readonly kind: 'user'; readonly user: User };

/** Health, and whatever else concerns the server and no channel. */
export function mayAdminister(identity: Identity): boolean {
  return identity.kind === 'admin' || identity.user.role === 'owner';
}

/** The server's owner manages everything, a streamer what is his own, a viewer nothing. */
export function mayManage(identity: Identity | undefined, channel: Channel): boolean {
  if (identity === undefined) return false;
  if (mayAdminister(identity)) return true;
  return identity.kind === 'user' && identity.user.role === 'streamer' && identity.user.id === channel.ownerId;
}

/** Unlisted channels are seen by whoever knows them. */
export function maySee(identity: Identity | undefined, channel: Channel): boolean {
  return channel.visibility !== 'private' || mayManage(identity, channel);
}

export function mayPublish(user: User): boolean {
  return user.role !== 'viewer';
}
