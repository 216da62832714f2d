/** What is said on channels, who may not speak there, and what the chat needs of a store. Implemented by `db/chat-messages.ts` and `db/chat-bans.ts`. */

export type ChatRole = 'owner' | 'streamer' | 'moderator' | 'viewer' | 'guest';

/** Who wrote something, and what he was on the channel at that time. The id is that of an account, or a guest's own. */
export interface Author {
  readonly id: string;
  readonly name: string;
  readonly role: ChatRole;
}

export interface Deletion {
  readonly at: Date;
  /** The name of whoever did it. */
  readonly by: string;
}

export interface NewMessage {
  /** In the order of time: UUID version 7. */
  readonly id: string;
  readonly channelId: string;
  readonly author: Author;
  readonly text: string;
  readonly at: Date;
}

export interface Message extends NewMessage {
  readonly deletion: Deletion | null;
}

export interface MessagePage {
  readonly limit: number;
  /** The id of the last message of the page before. */
  readonly before?: string | undefined;
  readonly withDeleted: boolean;
}

/** Every promise resolves once the row is durable. */
export interface MessageStore {
  add(message: NewMessage): Promise<void>;
  /** Newest first. */
  list(channelId: string, page: MessagePage): Promise<readonly Message[]>;
  /** Said or deleted from that time on, oldest first. */
  since(channelId: string, from: Date, limit: number): Promise<readonly Message[]>;
  byId(id: string): Promise<Message | undefined>;
  /** The last one of an author on a channel, deleted or not. */
  lastOf(channelId: string, authorId: string): Promise<Message | undefined>;
  /** Whether it was there, and not deleted before. */
  delete(id: string, deletion: Deletion): Promise<boolean>;
  /** How many were. */
  deleteOf(channelId: string, authorId: string, deletion: Deletion): Promise<number>;
  /** Removes up to `limit` rows from before that time; how many there were. */
  forget(before: Date, limit: number): Promise<number>;
}

export interface Ban {
  readonly id: string;
  readonly channelId: string;
  readonly person: { readonly id: string; readonly name: string; readonly isGuest: boolean };
  readonly reason: string;
  /** The name of whoever banned. */
  readonly by: string;
  readonly createdAt: Date;
  /** `null`: for ever. */
  readonly expiresAt: Date | null;
}

export interface BanDraft extends Pick<Ban, 'channelId' | 'person' | 'reason' | 'by' | 'expiresAt'> {
  /** Of a guest: whoever else comes from there as a guest is banned too. */
  readonly addressHash: Uint8Array | undefined;
}

/** By account, or by a guest's id and address. */
export type Banned =
  | { readonly userId: string }
  | { readonly guestId: string; readonly addressHash: Uint8Array | undefined };

export interface BanStore {
  /** In place of an earlier one of the same person. */
  put(ban: BanDraft): Promise<Ban>;
  /** The one that holds now, the longest where there are more. */
  find(channelId: string, who: Banned, now: Date): Promise<Ban | undefined>;
  /** Those that hold now, newest first. */
  list(channelId: string, now: Date, page: { limit: number; after?: string | undefined }): Promise<readonly Ban[]>;
  /** The ban that was there. */
  delete(channelId: string, id: string): Promise<Ban | undefined>;
  forgetExpired(now: Date): Promise<number>;
}

/** The names of all accounts. */
export interface AccountNames {
  accountNames(): Promise<readonly string[]>;
}
