/** The REST API as the site uses it. Shapes are those of `/api/v1/openapi.json`. */
import type { ApiToken, LoginSession, NewApiToken } from './account.ts';
import type { ChatBan, ChatMessage, ChatSettings, ChatStanding } from './chat/messages.ts';
import type { PastStream, StreamFigures } from './history.ts';
import type { IceServer } from './ice.ts';
import type { Invite, OneTimeLink, Person, Role } from './people.ts';
import { type Problem, problemOf } from './problem.ts';
import type { Recording } from './recordings.ts';
import type { Delivery, MintedWebhook, Webhook, WebhookDraft } from './webhooks.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: 'owner' | 'streamer' | 'viewer';
}

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
}

/** What a streamer would do well to change, in words. */
export interface Advice {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly text: string;
  readonly obs?: string;
  readonly studio?: string;
}

export interface Live {
  readonly live: boolean;
  readonly state: LiveState;
  readonly stream: {
    readonly id: string;
    readonly startedAt: string;
    readonly title: string;
    readonly viewers: number;
    readonly tracks: readonly { readonly kind: 'audio' | 'video' }[];
    /** What the server has noticed about the incoming stream, the worst first. */
    readonly advice: readonly Advice[];
  } | null;
}

/** How a publisher's media comes in, as the server sees it. */
export interface PublisherSession {
  readonly kind: 'publisher';
  readonly roundTripMs: number | null;
  readonly tracks: readonly {
    readonly kind: 'audio' | 'video';
    readonly codec: string;
    readonly profile: string | null;
    readonly lossShare: number | null;
    readonly layers: readonly {
      readonly rid: string;
      readonly bitrateBps: number;
      readonly width?: number;
      readonly height?: number;
      readonly framesPerSecond: number;
      readonly keyframeIntervalMs?: number;
    }[];
  }[];
}

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

/** One thing that was looked at, in words for whoever runs the server. */
export interface Finding {
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'fault';
  readonly found: string;
  readonly cure?: string;
}

export interface Health {
  /** The server's clock. */
  readonly now: string;
  readonly findings: readonly Finding[];
}

/** One way of media that this browser tried. */
export interface SeenPath {
  readonly kind: 'udp' | 'tcp' | 'relay';
  readonly port: number;
  readonly addresses: readonly string[];
  readonly isConnected: boolean;
  readonly roundTripMs?: number;
  readonly hasRelayAddress?: boolean;
  readonly relayError?: number;
}

/** `BrowserFacts` of the API. */
export interface BrowserFacts {
  readonly origin: string;
  readonly isSecureContext: boolean;
  readonly clockAheadMs: number;
  readonly firstEventMs?: number;
  readonly uploadStatus: number;
  readonly paths: readonly SeenPath[];
}

export interface Reachability {
  readonly threads: readonly { readonly thread: number; readonly port: number }[];
  readonly iceServers: readonly IceServer[];
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** `null` on the last page. */
  readonly nextCursor: string | null;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The API through a given `fetch`: a page's `load` gives its own, so that it works while rendering on the server too. */
export function apiWith(fetch: typeof globalThis.fetch) {
  async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`/api/v1${path}`, {
      method,
      // What a page ends when it is left has to outlive the page.
      keepalive: method === 'DELETE',
      ...(body instanceof Blob && { headers: { 'content-type': body.type }, body }),
      ...(body !== undefined &&
        !(body instanceof Blob) && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (!response) throw new ApiError({ status: 0, message: 'The server cannot be reached. Check your connection.' });
    if (!response.ok) throw new ApiError(await problemOf(response));
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as Result;
  }

  async function file(path: string, type: string): Promise<Blob> {
    const response = await fetch(`/api/v1${path}`, { headers: { accept: type } });
    if (!response.ok) throw new ApiError(await problemOf(response));
    return response.blob();
  }

  const channel = (slug: string) => `/channels/${encodeURIComponent(slug)}`;

  return {
    setupNeeded: () => call<{ needed: boolean }>('GET', '/setup').then((setup) => setup.needed),
    setup: (owner: { token: string; name: string; password: string }) => call<User>('POST', '/setup', owner),
    login: (name: string, password: string) => call<User>('POST', '/login', { name, password }),
    logout: () => call<void>('POST', '/logout'),
    people: (query: { readonly q?: string; readonly cursor?: string } = {}) =>
      call<Page<Person>>('GET', `/users?${new URLSearchParams({ limit: '50', ...query })}`),
    changePerson: (id: string, change: { role?: Role; isDisabled?: boolean }) =>
      call<Person>('PATCH', `/users/${id}`, change),
    deletePerson: (id: string) => call<void>('DELETE', `/users/${id}`),
    passwordLink: (id: string) => call<OneTimeLink>('POST', `/users/${id}/password-reset`),
    invites: () => call<Page<Invite>>('GET', '/invites?limit=100').then((page) => page.items),
    invite: (role: Role) => call<OneTimeLink>('POST', '/invites', { role }),
    revokeInvite: (id: string) => call<void>('DELETE', `/invites/${id}`),
    acceptInvite: (invited: { token: string; name: string; password: string }) =>
      call<User>('POST', '/invites/accept', invited),
    resetPassword: (token: string, password: string) => call<User>('POST', '/password-reset', { token, password }),
    changePassword: (oldPassword: string, newPassword: string) =>
      call<void>('POST', '/me/password', { oldPassword, newPassword }),
    logins: () => call<Page<LoginSession>>('GET', '/logins?limit=100').then(({ items }) => items),
    endLogin: (id: string) => call<void>('DELETE', `/logins/${id}`),
    endOtherLogins: () => call<void>('POST', '/logins/end-others'),
    tokens: () => call<Page<ApiToken>>('GET', '/tokens?limit=100').then(({ items }) => items),
    createToken: (draft: { name: string; scopes: readonly string[] }) => call<NewApiToken>('POST', '/tokens', draft),
    deleteToken: (id: string) => call<void>('DELETE', `/tokens/${id}`),
    /** `undefined` when nobody is logged in. */
    me: () =>
      call<User>('GET', '/me').catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) return undefined;
        throw error;
      }),

    channels: (query: ChannelQuery = {}) =>
      call<Page<Channel>>('GET', `/channels?${new URLSearchParams({ limit: '24', ...query })}`),
    /** More of them than fit at once are not: who is live comes first. */
    liveChannels: (query: ChannelQuery = {}) =>
      call<Page<Channel>>('GET', `/channels?${new URLSearchParams({ live: 'true', limit: '100', ...query })}`),
    myChannels: () => call<Page<Channel>>('GET', '/channels?mine=true&limit=100').then((page) => page.items),
    channel: (slug: string) => call<Channel>('GET', channel(slug)),
    createChannel: (draft: ChannelDraft) => call<Channel>('POST', '/channels', draft),
    updateChannel: (slug: string, change: Partial<Omit<ChannelDraft, 'slug'>>) =>
      call<Channel>('PATCH', channel(slug), change),
    deleteChannel: (slug: string) => call<void>('DELETE', channel(slug)),
    categories: () =>
      call<{ categories: readonly Category[] }>('GET', '/categories').then(({ categories }) => categories),
    putImage: (slug: string, kind: ImageKind, picture: Blob) =>
      call<Channel>('PUT', `${channel(slug)}/${kind}`, picture),
    deleteImage: (slug: string, kind: ImageKind) => call<void>('DELETE', `${channel(slug)}/${kind}`),

    live: (slug: string) => call<Live>('GET', `${channel(slug)}/live`),
    /** Who publishes now; for those who manage the channel. */
    publisher: (slug: string) =>
      call<Page<PublisherSession | { readonly kind: 'viewer' }>>('GET', `${channel(slug)}/live/sessions?limit=1`).then(
        ({ items }) => items.find((session) => session.kind === 'publisher'),
      ),
    stopLive: (slug: string) => call<void>('POST', `${channel(slug)}/live/stop`),

    streams: (slug: string, cursor: string | null) =>
      call<Page<PastStream>>(
        'GET',
        `${channel(slug)}/streams?${new URLSearchParams(cursor === null ? {} : { cursor })}`,
      ),
    streamFigures: (id: string) => call<StreamFigures>('GET', `/streams/${encodeURIComponent(id)}/analytics`),
    streamCsv: (id: string) => file(`/streams/${encodeURIComponent(id)}/analytics`, 'text/csv'),
    deleteStream: (id: string) => call<void>('DELETE', `/streams/${encodeURIComponent(id)}`),
    lastStream: (slug: string) =>
      call<Page<PastStream>>('GET', `${channel(slug)}/streams?limit=1`).then((page) => page.items[0]),

    keys: (slug: string) =>
      call<{ items: readonly StreamKey[] }>('GET', `${channel(slug)}/keys?limit=100`).then(({ items }) => items),
    createKey: (slug: string, key: { name: string; ttlSeconds?: number }) =>
      call<NewStreamKey>('POST', `${channel(slug)}/keys`, key),
    rotateKey: (slug: string, id: string) => call<NewStreamKey>('POST', `${channel(slug)}/keys/${id}/rotate`),
    viewerTokens: (slug: string) =>
      call<Page<ViewerToken>>('GET', `${channel(slug)}/viewer-tokens?limit=100`).then(({ items }) => items),
    createViewerToken: (slug: string, draft: Pick<ViewerToken, 'label' | 'maxViewers'> & { ttlSeconds: number }) =>
      call<NewViewerToken>('POST', `${channel(slug)}/viewer-tokens`, draft),
    revokeViewerToken: (slug: string, id: string) => call<void>('DELETE', `${channel(slug)}/viewer-tokens/${id}`),
    revokeViewerTokens: (slug: string) => call<void>('DELETE', `${channel(slug)}/viewer-tokens`),
    /** From now on this browser may see the channel, as long as the token lasts. */
    openAccess: (slug: string, token: string) => call<void>('POST', `${channel(slug)}/access`, { token }),
    chat: (slug: string, limit: number) => call<Page<ChatMessage>>('GET', `${channel(slug)}/chat?limit=${limit}`),
    chatStanding: (slug: string) => call<ChatStanding>('GET', `${channel(slug)}/chat/me`),
    say: (slug: string, text: string) => call<ChatMessage>('POST', `${channel(slug)}/chat`, { text }),
    takeGuestName: (name: string) => call<unknown>('PUT', '/chat/guest', { name }),
    deleteMessage: (id: string) => call<void>('DELETE', `/chat/${id}`),
    clearChat: (slug: string, authorId: string) => call<void>('DELETE', `${channel(slug)}/chat/authors/${authorId}`),
    bans: (slug: string) => call<Page<ChatBan>>('GET', `${channel(slug)}/bans?limit=100`).then(({ items }) => items),
    ban: (slug: string, ban: { authorId: string; seconds: number | null }) =>
      call<ChatBan>('POST', `${channel(slug)}/bans`, ban),
    unban: (slug: string, id: string) => call<void>('DELETE', `${channel(slug)}/bans/${id}`),

    health: () => call<Health>('GET', '/health'),
    judge: (seen: BrowserFacts) => call<Health>('POST', '/health/browser', seen),
    upload: (padding: string) => call<void>('POST', '/health/upload', { padding }),
    reachability: () => call<Reachability>('GET', '/reachability'),
    openProbe: (thread: number, offer: string) =>
      call<{ id: string; answer: string }>('POST', '/reachability', { thread, offer }),
    closeProbe: (id: string) => call<void>('DELETE', `/reachability/${id}`),

    deleteKey: (slug: string, id: string) => call<void>('DELETE', `${channel(slug)}/keys/${id}`),

    recordings: (slug: string) =>
      call<Page<Recording>>('GET', `${channel(slug)}/recordings?limit=100`).then(({ items }) => items),
    deleteRecording: (id: string) => call<void>('DELETE', `/recordings/${id}`),
    webhooks: () => call<{ items: readonly Webhook[] }>('GET', '/webhooks?limit=100').then(({ items }) => items),
    createWebhook: (draft: WebhookDraft) => call<MintedWebhook>('POST', '/webhooks', draft),
    switchWebhook: (id: string, isActive: boolean) => call<Webhook>('PATCH', `/webhooks/${id}`, { isActive }),
    rotateWebhook: (id: string) => call<MintedWebhook>('POST', `/webhooks/${id}/rotate`),
    testWebhook: (id: string) => call<Delivery>('POST', `/webhooks/${id}/test`),
    deleteWebhook: (id: string) => call<void>('DELETE', `/webhooks/${id}`),
    deliveries: (id: string) => call<Page<Delivery>>('GET', `/webhooks/${id}/deliveries?limit=20`),
    redeliver: (id: string, deliveryId: string) =>
      call<Delivery>('POST', `/webhooks/${id}/deliveries/${deliveryId}/redeliver`),
  };
}

export const api = apiWith((input, init) => globalThis.fetch(input, init));

export const healthEventsUrl = '/api/v1/health/events';

export const liveUrl = (slug: string) => `/api/v1/channels/${encodeURIComponent(slug)}/live`;

export const eventsUrl = (slug: string) => `/api/v1/channels/${encodeURIComponent(slug)}/events`;
