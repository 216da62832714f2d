/** What channels, their keys and viewer tokens need of others. Implemented by `db/` where nothing else is said. */

export type Visibility = 'public' | 'unlisted' | 'private';

/** Who may write in the chat. */
export type ChatMode = 'everyone' | 'accounts' | 'off';

export interface ChatSettings {
  readonly chat: ChatMode;
  /** How long one person waits between two messages; 0: not at all. */
  readonly slowModeSeconds: number;
  /** Whether addresses in messages are shown as links. */
  readonly chatLinks: boolean;
}

export interface Channel extends ChatSettings {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** In the form of `tagOf`, each once. */
  readonly tags: readonly string[];
  /** Pictures, as `src/images` names their files; `null` where there is none. */
  readonly avatarFile: string | null;
  readonly posterFile: string | null;
  readonly visibility: Visibility;
  /** WHEP players may come before there is a stream, and stay for the next one. */
  readonly acceptsWaitingViewers: boolean;
  /** Its streams are kept as files. */
  readonly isRecorded: boolean;
  /** Its streams are made smaller as well, for whoever has no link for them. */
  readonly isAdaptive: boolean;
  /** Its recordings are encoded in several sizes as soon as they have ended. */
  readonly makesRenditions: boolean;
  readonly ownerId: string;
  readonly createdAt: Date;
}

/** Chat is open to everyone, without slow mode and links, unless said otherwise. */
export interface ChannelDraft extends Partial<ChatSettings> {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags?: readonly string[];
  readonly visibility: Visibility;
  /** Unless said otherwise they may not. */
  readonly acceptsWaitingViewers?: boolean;
  /** Unless said otherwise they are not. */
  readonly isRecorded?: boolean;
  /** Unless said otherwise they are not. */
  readonly isAdaptive?: boolean;
  /** Unless said otherwise they are when somebody asks. */
  readonly makesRenditions?: boolean;
  readonly ownerId: string;
}

export type ChannelChange = Partial<
  Pick<
    Channel,
    | 'avatarFile'
    | 'posterFile'
    | 'title'
    | 'description'
    | 'category'
    | 'tags'
    | 'visibility'
    | 'acceptsWaitingViewers'
    | 'isRecorded'
    | 'isAdaptive'
    | 'makesRenditions'
  > &
    ChatSettings
>;

export interface ChannelQuery {
  /** Only these ids when given (who is live). */
  readonly ids?: readonly string[];
  readonly ownerId?: string;
  /** Found in slug or title, whatever the case. */
  readonly text?: string;
  /** The text as a tag, which finds as well as it does. */
  readonly textAsTag?: string;
  /** As it is written, whatever the case. */
  readonly category?: string;
  readonly tag?: string;
  /** Only these visibilities; all when absent. */
  readonly visibilities?: readonly Visibility[];
  readonly limit: number;
  /** The id of the last channel of the page before. Order: newest first. */
  readonly after?: string;
}

/** What several channels are found under. */
export interface CategoryCount {
  /** As most of them write it. */
  readonly name: string;
  readonly channels: number;
}

export interface ChannelStore {
  /** `undefined` when the slug is taken. */
  create(draft: ChannelDraft): Promise<Channel | undefined>;
  bySlug(slug: string): Promise<Channel | undefined>;
  list(query: ChannelQuery): Promise<readonly Channel[]>;
  /** Those of public channels whatever the case, of most channels first. */
  categories(limit: number): Promise<readonly CategoryCount[]>;
  /** `undefined` when there is no such channel. */
  update(id: string, change: ChannelChange): Promise<Channel | undefined>;
  /** With its keys, streams and viewer sessions. Whether there was one. */
  delete(id: string): Promise<boolean>;
}

/** A key as it is kept: never the key itself. */
export interface StreamKeyRecord {
  readonly id: string;
  readonly channelId: string;
  readonly name: string;
  /** The first characters of the key, to tell keys apart. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

export type StreamKeyChange = Partial<Pick<StreamKeyRecord, 'name' | 'expiresAt'>>;

/** A page of what has not expired, newest first. */
export interface ValidQuery {
  /** Those that have expired by then are left out. */
  readonly now: Date;
  readonly limit: number;
  /** The id of the last one of the page before. */
  readonly after?: string | undefined;
}

export interface StreamKeyStore {
  /** `hash`: SHA-256 of the key, 32 bytes. */
  add(key: {
    channelId: string;
    name: string;
    prefix: string;
    hash: Uint8Array;
    expiresAt: Date | null;
  }): Promise<StreamKeyRecord>;
  list(channelId: string, query: ValidQuery): Promise<readonly StreamKeyRecord[]>;
  /** Unexpired keys only. */
  byId(channelId: string, keyId: string, now: Date): Promise<StreamKeyRecord | undefined>;
  /** Unexpired keys only. */
  byHash(hash: Uint8Array, now: Date): Promise<{ key: StreamKeyRecord; channel: Channel } | undefined>;
  /** Puts a new secret under the same id and name. `undefined` when there is no such key on this channel. */
  replace(
    channelId: string,
    keyId: string,
    secret: { prefix: string; hash: Uint8Array },
  ): Promise<StreamKeyRecord | undefined>;
  /** `undefined` when there is no such key on this channel. */
  update(channelId: string, keyId: string, change: StreamKeyChange): Promise<StreamKeyRecord | undefined>;
  delete(channelId: string, keyId: string): Promise<boolean>;
  /** The key as it is now; `undefined` when it is gone, or has another secret. */
  used(hash: Uint8Array, at: Date): Promise<StreamKeyRecord | undefined>;
  /** Removes keys that expired before `now`. */
  deleteExpired(now: Date): Promise<number>;
}

/** An account that keeps order in the chat of a channel that is not its own. */
export interface Moderator {
  /** Of the appointment, not of the account. */
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly since: Date;
}

export interface ModeratorStore {
  /** The last appointed first; `after`: the id of the last one of the page before. */
  list(channelId: string, page: { limit: number; after?: string | undefined }): Promise<readonly Moderator[]>;
  has(channelId: string, userId: string): Promise<boolean>;
  /** Whoever is one already stays it. */
  add(channelId: string, userId: string): Promise<void>;
  remove(channelId: string, userId: string): Promise<void>;
}

/** A viewer token as it is kept: never the token itself. */
export interface ViewerTokenRecord {
  readonly id: string;
  readonly channelId: string;
  readonly label: string;
  /** So many at once; `null`: any number. */
  readonly maxViewers: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export type ViewerTokenDraft = Omit<ViewerTokenRecord, 'id' | 'createdAt'>;

/** Implemented by `db/viewer-tokens.ts`. */
export interface ViewerTokenStore {
  add(token: ViewerTokenDraft): Promise<ViewerTokenRecord>;
  /** Unexpired ones only, here and below. */
  find(channelId: string, id: string, now: Date): Promise<ViewerTokenRecord | undefined>;
  list(channelId: string, query: ValidQuery): Promise<readonly ViewerTokenRecord[]>;
  delete(channelId: string, id: string): Promise<boolean>;
  /** The ids of what there was. */
  deleteAll(channelId: string): Promise<readonly string[]>;
  deleteExpired(now: Date): Promise<number>;
}

/** Implemented by `secret-box.ts`. */
export interface SigningKeys {
  /** 32 bytes, the same whenever asked for the same purpose. */
  derive(purpose: string): Uint8Array;
}
