import type { ChatRole } from './ports.ts';

const RANKS = { guest: 0, viewer: 1, moderator: 2, streamer: 3, owner: 3 } as const satisfies Record<ChatRole, number>;

/** Nobody bans the streamer or the server's owner, and no moderator another one. */
export function mayBan(actor: ChatRole, target: ChatRole): boolean {
  return isModerating(actor) && RANKS[actor] > RANKS[target];
}

/** Moderators tidy up after each other, not after the streamer. */
export function mayDelete(actor: ChatRole, target: ChatRole): boolean {
  return isModerating(actor) && RANKS[actor] >= RANKS[target];
}

/** Slow mode is not for them, and they see who deleted what. */
export function isModerating(role: ChatRole): boolean {
  return RANKS[role] >= RANKS.moderator;
}
