/** What is live, and what comes in of it. */
import { type Calls, channelPath, type Page } from './call.ts';
import type { LiveState } from './channels.ts';

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
  /** Of its DASH manifest, where there is one. */
  readonly dashUrl: string | null;
  readonly thumbnailUrl: string | null;
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

interface AnySession {
  /** As in the log; it opens nothing. */
  readonly id: string;
  readonly joinedAt: string;
  readonly path: { readonly family: 'ipv4' | 'ipv6'; readonly protocol: 'udp' | 'tcp' } | null;
  readonly roundTripMs: number | null;
}

/** How media goes out to a viewer, as the server sees it. */
export interface ViewerSession extends AnySession {
  readonly kind: 'viewer';
  readonly choice: { readonly rid: string | null; readonly estimateBps: number | null };
  readonly tracks: readonly { readonly kind: 'audio' | 'video'; readonly lossShare: number | null }[];
}

/** How a publisher's media comes in, as the server sees it. */
export interface PublisherSession extends AnySession {
  readonly kind: 'publisher';
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

export function liveApi({ call }: Calls) {
  return {
    live: (slug: string) => call<Live>('GET', `${channelPath(slug)}/live`),
    /** Who publishes and who watches now, the publisher first; for those who manage the channel. */
    sessions: (slug: string, limit: number) =>
      call<Page<PublisherSession | ViewerSession>>('GET', `${channelPath(slug)}/live/sessions?limit=${limit}`),
    /** `id`: of the session in that list. */
    disconnect: (slug: string, id: string) => call<void>('DELETE', `${channelPath(slug)}/live/sessions/${id}`),
    /** Who publishes now; for those who manage the channel. */
    publisher: (slug: string) =>
      call<Page<PublisherSession | ViewerSession>>('GET', `${channelPath(slug)}/live/sessions?limit=1`).then(
        ({ items }) => items.find((session) => session.kind === 'publisher'),
      ),
    stopLive: (slug: string) => call<void>('POST', `${channelPath(slug)}/live/stop`),
  };
}

export const liveUrl = (slug: string) => `/api/v1${channelPath(slug)}/live`;

export const eventsUrl = (slug: string) => `/api/v1${channelPath(slug)}/events`;
