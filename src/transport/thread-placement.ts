/** What it costs to serve a stream on one more thread, in viewers: its packets are copied there and unpacked once more. */
const SPREAD_COST = 16;
/** What a publisher costs the thread it is on, in viewers. */
const PUBLISHER_COST = 4;

export interface PlacedSession {
  readonly thread: number;
  readonly streamId: string;
}

/** What has to be told to threads when a session comes or goes. */
export interface FollowChange {
  readonly streamId: string;
  /** Where it is published. */
  readonly home: number;
  /** Whose first viewer of the stream came, or last one left. */
  readonly thread: number;
  /** Whether any thread but the home has viewers of it now. */
  readonly isFollowed: boolean;
}

/** Which thread has which session: a stream's publisher stays on one, its viewers go where there is room. */
export class ThreadPlacement {
  readonly #threads: number;
  readonly #homes = new Map<string, number>();
  readonly #sessions = new Map<string, PlacedSession>();
  /** Sessions of each stream by thread. */
  readonly #counts = new Map<string, number[]>();

  constructor(threads: number) {
    this.#threads = threads;
  }

  session(sessionId: string): PlacedSession | undefined {
    return this.#sessions.get(sessionId);
  }

  homeOf(streamId: string): number | undefined {
    return this.#homes.get(streamId);
  }

  /** Streams at home on a thread. */
  homedOn(thread: number): string[] {
    return [...this.#homes].filter(([, home]) => home === thread).map(([streamId]) => streamId);
  }

  /** For a publisher: always the same one as long as the stream lives, at first the one with the least to do. */
  forPublisher(streamId: string, isRunning: (thread: number) => boolean): number {
    const known = this.#homes.get(streamId);
    if (known !== undefined) return known;
    const home = this.#cheapest((thread) => (isRunning(thread) ? this.#load(thread) : Number.MAX_VALUE));
    this.#homes.set(streamId, home);
    return home;
  }

  /** For a viewer: another thread than the publisher's only where that spares more than it costs. */
  forViewer(streamId: string, isRunning: (thread: number) => boolean): number {
    const home = this.forPublisher(streamId, isRunning);
    const costs = Array.from({ length: this.#threads }, (_, thread) => {
      if (!isRunning(thread)) return Number.MAX_VALUE;
      const isThere = thread === home || this.#count(streamId, thread) > 0;
      return this.#load(thread) + (isThere ? 0 : SPREAD_COST);
    });
    const least = Math.min(...costs);
    return costs[home] === least ? home : costs.indexOf(least);
  }

  /** Returns what that changes for the threads, where it does. */
  opened(sessionId: string, session: PlacedSession): FollowChange | undefined {
    this.#sessions.set(sessionId, session);
    return this.#count(session.streamId, session.thread, 1) === 1 ? this.#change(session) : undefined;
  }

  /** Idempotent. */
  closed(sessionId: string): FollowChange | undefined {
    const session = this.#sessions.get(sessionId);
    if (!session) return undefined;
    this.#sessions.delete(sessionId);
    return this.#count(session.streamId, session.thread, -1) === 0 ? this.#change(session) : undefined;
  }

  /** Forgets the stream; returns the threads that had to do with it. */
  closedStream(streamId: string): number[] {
    const home = this.#homes.get(streamId);
    // Where nobody published it, a thread may know it whose sessions of it have ended meanwhile.
    const threads =
      home === undefined ? (this.#counts.get(streamId)?.keys() ?? []) : [...this.followers(streamId), home];
    for (const [id, session] of this.#sessions) if (session.streamId === streamId) this.#sessions.delete(id);
    this.#homes.delete(streamId);
    this.#counts.delete(streamId);
    return [...threads];
  }

  sessionsOn(thread: number): string[] {
    return [...this.#sessions].filter(([, session]) => session.thread === thread).map(([id]) => id);
  }

  /** The threads with viewers of a stream that is published elsewhere. */
  followers(streamId: string): number[] {
    const home = this.#homes.get(streamId);
    return (this.#counts.get(streamId) ?? []).flatMap((count, thread) =>
      count > 0 && thread !== home ? [thread] : [],
    );
  }

  #change({ streamId, thread }: PlacedSession): FollowChange | undefined {
    const home = this.#homes.get(streamId);
    if (home === undefined || home === thread) return undefined;
    return { streamId, home, thread, isFollowed: this.followers(streamId).length > 0 };
  }

  #count(streamId: string, thread: number, change = 0): number {
    const counts = this.#counts.get(streamId) ?? new Array<number>(this.#threads).fill(0);
    const count = (counts[thread] ?? 0) + change;
    counts[thread] = count;
    if (change !== 0) this.#counts.set(streamId, counts);
    return count;
  }

  #load(thread: number): number {
    let load = 0;
    for (const counts of this.#counts.values()) load += counts[thread] ?? 0;
    for (const home of this.#homes.values()) if (home === thread) load += PUBLISHER_COST;
    return load;
  }

  #cheapest(cost: (thread: number) => number): number {
    const costs = Array.from({ length: this.#threads }, (_, thread) => cost(thread));
    return costs.indexOf(Math.min(...costs));
  }
}
