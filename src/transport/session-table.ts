import type { SourceKey } from './datagram-source.ts';
import type { PublisherSession } from './publisher-session.ts';
import type { ViewerSession } from './viewer-session.ts';

export type MediaSession = PublisherSession | ViewerSession;

/** The sessions of one thread: by id, by what STUN calls them, by where they proved to be. */
export class SessionTable {
  readonly #byId = new Map<string, MediaSession>();
  readonly #byUfrag = new Map<string, MediaSession>();
  readonly #bySource = new Map<SourceKey, MediaSession>();

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<MediaSession> {
    return this.#byId.values();
  }

  byId(id: string): MediaSession | undefined {
    return this.#byId.get(id);
  }

  byUfrag(ufrag: string): MediaSession | undefined {
    return this.#byUfrag.get(ufrag);
  }

  bySource(key: SourceKey): MediaSession | undefined {
    return this.#bySource.get(key);
  }

  add(session: MediaSession): void {
    this.#byId.set(session.id, session);
    this.nameAnew(session, []);
  }

  /** After an ICE restart, or the first check that uses one: `before` are the ufrags it had. */
  nameAnew(session: MediaSession, before: readonly string[]): void {
    for (const ufrag of before) if (this.#byUfrag.get(ufrag) === session) this.#byUfrag.delete(ufrag);
    for (const ufrag of session.peer.localUfrags) this.#byUfrag.set(ufrag, session);
  }

  /** A check proves who asks, not that he is where it seems to come from: the address of a lively peer is nobody else's. */
  mayProve(session: MediaSession, key: SourceKey, nowMs: number): boolean {
    const holder = this.#bySource.get(key);
    return holder === undefined || holder === session || !holder.peer.isLivelyAt(key, nowMs);
  }

  /** An address that proved to be this session's, taken from whoever had it before. */
  proven(session: MediaSession, key: SourceKey): void {
    this.#bySource.set(key, session);
  }

  forget(session: MediaSession, key: SourceKey): void {
    if (this.#bySource.get(key) === session) this.#bySource.delete(key);
  }

  remove(session: MediaSession): void {
    this.#byId.delete(session.id);
    for (const ufrag of session.peer.localUfrags) if (this.#byUfrag.get(ufrag) === session) this.#byUfrag.delete(ufrag);
    for (const key of session.peer.sourceKeys) this.forget(session, key);
  }
}
