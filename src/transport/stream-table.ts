import type { PublisherSession } from './publisher-session.ts';
import { StreamMedia } from './stream-media.ts';
import type { ViewerSession } from './viewer-session.ts';

/** The session a bug showed in, `undefined` where it can not be told. */
export type CrashListener = (session: PublisherSession | ViewerSession | undefined, error: unknown) => void;

/** The streams of one thread, and the timer for what can not wait until the next tick. */
export class StreamTable {
  readonly #streams = new Map<string, StreamMedia>();
  readonly #flushPort: () => void;
  readonly #onCrash: CrashListener;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: { flushPort: () => void; onCrash: CrashListener }) {
    this.#flushPort = options.flushPort;
    this.#onCrash = options.onCrash;
  }

  get size(): number {
    return this.#streams.size;
  }

  get(streamId: string): StreamMedia | undefined {
    return this.#streams.get(streamId);
  }

  /** Made where there is none yet. */
  of(streamId: string): StreamMedia {
    const known = this.#streams.get(streamId);
    if (known) return known;
    const stream = new StreamMedia(streamId, this.#onCrash);
    this.#streams.set(streamId, stream);
    return stream;
  }

  delete(streamId: string): void {
    this.#streams.delete(streamId);
  }

  /** After a burst of datagrams: what they brought goes out. */
  flush(nowMs: number): void {
    if (this.#serveAll(nowMs, false)) this.wakeSoon();
  }

  /** Settles anew which viewer gets which layer. */
  choose(nowMs: number): void {
    this.each((stream) => stream.choose(nowMs) && this.wakeSoon());
  }

  /** What one viewer of a stream gets. */
  serve(viewer: ViewerSession, nowMs: number): void {
    const stream = this.#streams.get(viewer.streamId);
    if (!stream?.viewers.has(viewer)) return;
    stream.serve(viewer, nowMs);
    this.wakeSoon();
  }

  /** What fails for a stream as a whole lies in what is published. */
  each(act: (stream: StreamMedia) => void): void {
    for (const stream of this.#streams.values()) {
      try {
        act(stream);
      } catch (error) {
        this.#onCrash(stream.publisher, error);
      }
    }
  }

  // A picture held back for its last packets, or a group being replayed: some things can not wait for the next tick.
  wakeSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.#serveAll(performance.now(), true)) this.wakeSoon();
    }, 1);
  }

  close(): void {
    clearTimeout(this.#soon);
  }

  #serveAll(nowMs: number, mayReplay: boolean): boolean {
    let isBusy = false;
    this.each((stream) => {
      isBusy = stream.flush(nowMs, true) || isBusy;
      if (mayReplay) isBusy = stream.replayAll(nowMs) || isBusy;
    });
    this.#flushPort();
    return isBusy;
  }
}
