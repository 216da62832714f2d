import type { LayerWish } from '../media/layer-wish.ts';
import type { IceCredentials } from '../media/plan.ts';
import type { SessionStats, ThreadStats } from '../media/stats.ts';
import type { SendMode } from '../native/send-mode.ts';
import type { MediaEvent, OpenPublisher, OpenViewer } from '../streams/ports.ts';
import type { Certificate } from './certificate.ts';

/** What a media thread starts with. */
export interface ThreadOptions {
  /** This thread's number, and a ring of each thread, where there are more than one. */
  readonly thread: number;
  readonly rings: readonly SharedArrayBuffer[];
  readonly port: number;
  readonly mode: SendMode;
  readonly certificate: Certificate;
}

export type Command =
  | { readonly type: 'open_publisher'; readonly request: OpenPublisher }
  | { readonly type: 'open_viewer'; readonly request: OpenViewer }
  | {
      readonly type: 'restart_ice';
      readonly sessionId: string;
      readonly local: IceCredentials;
      readonly remote: IceCredentials;
    }
  | { readonly type: 'choose_layer'; readonly sessionId: string; readonly wish: LayerWish }
  | { readonly type: 'send_text'; readonly sessionIds: readonly string[]; readonly text: string }
  /** This thread has the publisher, another one viewers. Said anew for each thread that begins to follow. */
  | { readonly type: 'feed'; readonly streamId: string }
  | { readonly type: 'unfeed'; readonly streamId: string }
  /** This thread has viewers, `thread` the publisher. */
  | { readonly type: 'follow'; readonly streamId: string; readonly thread: number }
  | { readonly type: 'unfollow'; readonly streamId: string }
  | { readonly type: 'want_keyframe'; readonly wish: KeyframeWish }
  /** A layer that is made here of what this thread has the publisher of. */
  | { readonly type: 'open_rendition'; readonly start: RenditionStart }
  | { readonly type: 'write_rendition'; readonly place: RenditionPlace; readonly bytes: Uint8Array }
  | { readonly type: 'close_rendition'; readonly place: RenditionPlace }
  | { readonly type: 'thread_stats' }
  | { readonly type: 'session_stats'; readonly sessionIds: readonly string[] }
  | { readonly type: 'close_session'; readonly sessionId: string }
  | { readonly type: 'close_stream'; readonly streamId: string }
  | { readonly type: 'close' };

/** What becomes a further layer of a stream's picture. */
export interface RenditionStart {
  readonly streamId: string;
  /** Its `rid`. */
  readonly name: string;
  /** What the times of its pictures count from, on the clock of the process. */
  readonly originMs: number;
}

export type RenditionPlace = Pick<RenditionStart, 'streamId' | 'name'>;

/** A layer of a publisher, of which viewers on another thread need a keyframe. */
export interface KeyframeWish {
  readonly streamId: string;
  readonly mid: string;
  readonly rid: string;
}

/** What those commands are answered with that want to know something. */
export interface Replies {
  readonly thread_stats: ThreadStats;
  readonly session_stats: readonly SessionStats[];
}

export type Question = Extract<Command, { readonly type: keyof Replies }>;

export type Reply = Replies[keyof Replies];

export type ReplyTo<C extends Command> = C['type'] extends keyof Replies ? Replies[C['type']] : undefined;

/** What was lost on this machine since the last word of it. */
export interface Drops {
  /** Packets that the kernel did not take, or that a slow TCP connection was not given. */
  readonly unsent: number;
  /** Packets of publishers that were malformed, not authentic, replayed, or of no agreed kind; texts of viewers likewise. */
  readonly refused: number;
  /** How often this thread read too late what another one told, and its viewers missed packets. */
  readonly overruns: number;
}

/** Each command is answered by one `done` of the same number. */
export interface CommandMessage {
  readonly number: number;
  readonly command: Command;
}

export type ThreadMessage =
  | { readonly type: 'ready'; readonly port: number; readonly hasIpv6: boolean }
  | { readonly type: 'done'; readonly number: number; readonly reply?: Reply; readonly error?: string }
  | { readonly type: 'event'; readonly event: MediaEvent }
  | { readonly type: 'keyframe_wanted'; readonly wish: KeyframeWish }
  /** A bug that has cost a session. */
  | { readonly type: 'problem'; readonly error: unknown }
  | { readonly type: 'drops'; readonly drops: Drops };
