import type { CodecName, MediaKind } from '../media/plan.ts';
import type { Advice } from './advice.ts';
import type { LayerStats } from './ports.ts';

export interface LiveLayer extends LayerStats {
  /** Of the last seconds' packets, those lost on the way here, 0 to 1; absent until there were enough. */
  readonly lossShare?: number;
  /** Made here of another one. */
  readonly isRendition?: true;
  /** Nobody asks for it now, so it is not made. */
  readonly isOnDemand?: true;
  readonly codec?: CodecName;
  /** From the capture of a picture to its coming, where it is made here. */
  readonly delayMs?: number;
}

export interface StreamSnapshot {
  readonly id: string;
  /** Of the channel, and whether smaller pictures are made of its streams. */
  readonly slug: string;
  readonly isAdaptive: boolean;
  readonly startedAt: Date;
  readonly title: string;
  readonly viewers: number;
  readonly peakViewers: number;
  readonly tracks: readonly { readonly kind: MediaKind; readonly codec: CodecName }[];
  readonly layers: readonly LiveLayer[];
  /** For the streamer, the worst first. */
  readonly advice: readonly Advice[];
}

/** What a channel shows at this moment. */
export interface LiveSnapshot {
  readonly live: boolean;
  readonly state: 'offline' | 'live' | 'reconnecting';
  readonly stream: StreamSnapshot | null;
}

export type LiveEvent =
  | { readonly type: 'live'; readonly live: LiveSnapshot }
  | { readonly type: 'viewers'; readonly viewers: number }
  /** Of the video, when one came, went or changed, and now and then. */
  | { readonly type: 'layers'; readonly layers: readonly LiveLayer[] };

export type LiveListener = (event: LiveEvent) => void;

export const OFFLINE: LiveSnapshot = { live: false, state: 'offline', stream: null };

/** Who wants to hear of which channel. */
export class LiveListeners {
  readonly #byChannel = new Map<string, Set<LiveListener>>();

  /** The returned function takes the listener off again. */
  add(channelId: string, listener: LiveListener): () => void {
    const listeners = this.#byChannel.get(channelId) ?? new Set();
    this.#byChannel.set(channelId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byChannel.get(channelId) === listeners) this.#byChannel.delete(channelId);
    };
  }

  tell(channelId: string, event: LiveEvent): void {
    for (const listener of this.#byChannel.get(channelId) ?? []) listener(event);
  }
}
