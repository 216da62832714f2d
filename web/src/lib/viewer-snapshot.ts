import type { Live } from './api/live.ts';
import type { DashReason, DashWindow } from './dash/dash-window.ts';
import type { Latency } from './player/latency.ts';
import type { Quality } from './player/qualities.ts';
import type { Problem } from './problem.ts';

/** `idle`: not asked to watch. `error`: trying again would not help, and `problem` says why. */
export type ViewerState = 'idle' | 'offline' | 'connecting' | 'live' | 'reconnecting' | 'error';

/** All there is to be shown of a viewer at one moment. */
export interface ViewerSnapshot {
  readonly state: ViewerState;
  /** What the channel says of itself; `undefined` until it has said anything. */
  readonly live: Live | undefined;
  readonly viewers: number;
  readonly problem: Problem | undefined;
  /** Why this viewer was sent away for good. */
  readonly dismissal: string | undefined;
  /** While reconnecting: whether it is the streamer whose connection dropped. */
  readonly isStreamerGone: boolean;
  /** No picture is sent, or wanted, or none has come so far. */
  readonly isSoundAlone: boolean;
  /** Whether the publisher means to send a picture; he may come back without one, and with one again. */
  readonly isPictureSent: boolean;
  /** The server sends no picture, since this viewer's connection carries no more than the sound. */
  readonly isLinkTooThin: boolean;
  /** None has come for so long that it wants a word. */
  readonly isPictureStill: boolean;
  readonly latency: Latency | undefined;
  /** By the viewer, or by a browser that starts no video by itself. */
  readonly isPaused: boolean;
  readonly isMuted: boolean;
  /** The browser wants a touch before it lets the sound be heard. */
  readonly isSilenced: boolean;
  readonly volume: number;
  /** What may be chosen, the best one first; empty until it is known. */
  readonly qualities: readonly Quality[];
  /** `undefined`: the best that the link carries. */
  readonly quality: Quality | undefined;
  /** What was can be gone back to, by DASH. */
  readonly canRewind: boolean;
  /** Why DASH was asked for, in place of WebRTC; `undefined`: it was not. */
  readonly dashReason: DashReason | undefined;
  /** WebRTC is tried beside it. */
  readonly isTryingWebRtc: boolean;
  /** WebRTC has not got through for long, and there is no other way here. */
  readonly isNetworkBlocking: boolean;
  /** What can be gone to while DASH is what is seen. */
  readonly dashWindow: DashWindow | undefined;
}
