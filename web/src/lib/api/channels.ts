import type { ChatSettings } from '../chat/messages.ts';
import { type Calls, channelPath, type Page } from './call.ts';

export type Visibility = 'public' | 'unlisted' | 'private';

export type LiveState = 'offline' | 'live' | 'reconnecting';

export interface Channel extends ChatSettings {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly avatarUrl: string | null;
  /** What stands where it would be seen if it were live. */
  readonly posterUrl: string | null;
  readonly visibility: Visibility;
  readonly acceptsWaitingViewers: boolean;
  readonly isRecorded: boolean;
  readonly isAdaptive: boolean;
  readonly makesRenditions: boolean;
  /** Of its live DASH manifest, where there is one. */
  readonly dashUrl: string | null;
  /** Of a picture of what is on, made anew every few seconds. */
  readonly thumbnailUrl: string | null;
  readonly live: {
    readonly state: LiveState;
    readonly viewers: number;
    readonly startedAt: string | null;
    readonly title: string;
    /** `null`: there was none before. */
    readonly lastEndedAt: string | null;
  };
}

export type ImageKind = 'avatar' | 'poster';

export interface Category {
  readonly name: string;
  readonly channels: number;
}

export type ChannelQuery = {
  readonly q?: string;
  readonly category?: string;
  readonly tag?: string;
  readonly cursor?: string;
  readonly limit?: string;
};

export interface ChannelDraft extends Partial<ChatSettings> {
  slug: string;
  title: string;
  description?: string;
  category?: string;
  tags?: readonly string[];
  visibility?: Visibility;
  acceptsWaitingViewers?: boolean;
  isRecorded?: boolean;
  isAdaptive?: boolean;
  makesRenditions?: boolean;
}

export function channelsApi({ call }: Calls) {
  return {
    channels: (query: ChannelQuery = {}) =>
      call<Page<Channel>>('GET', `/channels?${new URLSearchParams({ limit: '24', ...query })}`),
    /** More of them than fit at once are not: who is live comes first. */
    liveChannels: (query: ChannelQuery = {}) =>
      call<Page<Channel>>('GET', `/channels?${new URLSearchParams({ live: 'true', limit: '100', ...query })}`),
    /** Of everybody, whatever their visibility; for the server's owner. */
    everyLiveChannel: () =>
      call<Page<Channel>>('GET', '/channels?all=true&live=true&limit=100').then(({ items }) => items),
    myChannels: () => call<Page<Channel>>('GET', '/channels?mine=true&limit=100').then((page) => page.items),
    channel: (slug: string) => call<Channel>('GET', channelPath(slug)),
    createChannel: (draft: ChannelDraft) => call<Channel>('POST', '/channels', draft),
    updateChannel: (slug: string, change: Partial<Omit<ChannelDraft, 'slug'>>) =>
      call<Channel>('PATCH', channelPath(slug), change),
    deleteChannel: (slug: string) => call<void>('DELETE', channelPath(slug)),
    categories: () =>
      call<{ categories: readonly Category[] }>('GET', '/categories').then(({ categories }) => categories),
    putImage: (slug: string, kind: ImageKind, picture: Blob) =>
      call<Channel>('PUT', `${channelPath(slug)}/${kind}`, picture),
    deleteImage: (slug: string, kind: ImageKind) => call<void>('DELETE', `${channelPath(slug)}/${kind}`),
  };
}
