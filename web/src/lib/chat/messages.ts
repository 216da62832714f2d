/** The chat as the API has it. Shapes are those of `/api/v1/openapi.json`. */

export type ChatRole = 'owner' | 'streamer' | 'moderator' | 'viewer' | 'guest';
export type ChatMode = 'everyone' | 'accounts' | 'off';

export interface ChatSettings {
  readonly chat: ChatMode;
  readonly slowModeSeconds: number;
  readonly chatLinks: boolean;
}

export interface ChatAuthor {
  readonly id: string;
  readonly name: string;
  readonly role: ChatRole;
}

export interface ChatMessage {
  readonly id: string;
  readonly author: ChatAuthor;
  readonly text: string;
  readonly at: string;
  /** Only moderators see what was deleted. */
  readonly deletion?: { readonly by: string } | null;
}

/** Who one is in a chat, and what one may do there. */
export interface ChatStanding extends ChatSettings {
  readonly me: ChatAuthor | null;
  readonly mayModerate: boolean;
  readonly ban: { readonly until: string | null; readonly reason: string } | null;
  readonly waitSeconds: number;
}

export interface ChatBan {
  readonly id: string;
  readonly person: { readonly id: string; readonly name: string; readonly isGuest: boolean };
  readonly reason: string;
  readonly by: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** What a channel's event stream tells of its chat. */
export type ChatEvent =
  | ({ readonly type: 'message' } & ChatMessage)
  | { readonly type: 'deleted'; readonly id: string; readonly by?: string }
  | { readonly type: 'cleared'; readonly authorId: string; readonly by?: string }
  | ({ readonly type: 'settings' } & ChatSettings)
  | { readonly type: 'banned' | 'unbanned'; readonly authorId: string }
  | { readonly type: 'missed' };

/** Hears what a channel's event stream tells of the chat; `opened` whenever the stream begins anew. */
export interface ChatListener {
  opened(): void;
  heard(event: ChatEvent): void;
}
