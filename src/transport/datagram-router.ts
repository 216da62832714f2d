import type { DatagramSource, SourceKey } from './datagram-source.ts';
import { usernameUfrag } from './ice-lite.ts';
import { PublisherSession } from './publisher-session.ts';
import type { MediaSession, SessionTable } from './session-table.ts';
import type { NativeSlice } from './srtp-session.ts';
import type { StreamTable } from './stream-table.ts';
import type { TextNews } from './text-channel.ts';
import type { ThreadMeter } from './thread-meter.ts';
import { ViewerSession } from './viewer-session.ts';

interface RouterOptions {
  readonly sessions: SessionTable;
  readonly streams: StreamTable;
  readonly meter: ThreadMeter;
  /** ICE and DTLS are up. */
  readonly onConnected: (session: MediaSession, nowMs: number) => void;
  /** Of a viewer's data channel. */
  readonly onTexts: (session: ViewerSession, news: readonly TextNews[]) => void;
  readonly onCrash: (session: MediaSession, error: unknown) => void;
}

/** What comes in at one thread's port finds its session there: checks by their ufrag, all else by its source. */
export class DatagramRouter {
  readonly #options: RouterOptions;
  readonly #sessions: SessionTable;
  readonly #streams: StreamTable;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#sessions = options.sessions;
    this.#streams = options.streams;
  }

  receive(memory: NativeSlice, start: number, end: number, source: DatagramSource): void {
    this.#options.meter.received(end - start);
    // RFC 7983: the first byte tells what it is.
    const first = memory.bytes[start] ?? 0;
    const isStun = first < 4;
    const session = isStun ? this.#calledBy(memory.bytes.subarray(start, end)) : this.#sessions.bySource(source.key);
    if (!session) return;
    const nowMs = performance.now();
    try {
      if (isStun) this.#receiveStun(session, memory.bytes.subarray(start, end), source, nowMs);
      else if (first >= 20 && first <= 63) this.#receiveDtls(session, memory.bytes.subarray(start, end), nowMs);
      else if (first >= 128 && first <= 191) this.#receiveMedia(session, memory, start, end, nowMs);
    } catch (error) {
      this.#options.onCrash(session, error);
    }
  }

  /** A peer's connection closed. Its session goes on: another way may be open, or opened soon. */
  loseSource(key: SourceKey): void {
    const session = this.#sessions.bySource(key);
    if (!session) return;
    this.#sessions.forget(session, key);
    session.peer.lose(key);
  }

  #calledBy(message: Uint8Array): MediaSession | undefined {
    const ufrag = usernameUfrag(message);
    return ufrag === undefined ? undefined : this.#sessions.byUfrag(ufrag);
  }

  #receiveStun(session: MediaSession, message: Uint8Array, source: DatagramSource, nowMs: number): void {
    if (!this.#sessions.mayProve(session, source.key, nowMs)) return;
    const before = session.peer.localUfrags;
    const { isProven, hasMoved, forgotten } = session.peer.receiveStun(message, source, nowMs);
    if (!isProven) return;
    if (before.length !== session.peer.localUfrags.length) this.#sessions.nameAnew(session, before);
    this.#sessions.proven(session, source.key);
    if (forgotten !== undefined) this.#sessions.forget(session, forgotten);
    if (session instanceof PublisherSession) session.presence.sign(nowMs);
    else if (hasMoved) session.moved();
  }

  #receiveDtls(session: MediaSession, datagram: Uint8Array, nowMs: number): void {
    if (session.peer.receiveDtls(datagram, nowMs)) this.#options.onConnected(session, nowMs);
    const data = session.peer.takeData();
    if (data.length === 0 || !(session instanceof ViewerSession) || !session.texts) return;
    this.#options.onTexts(session, session.texts.receive(data, nowMs));
  }

  #receiveMedia(session: MediaSession, memory: NativeSlice, start: number, end: number, nowMs: number): void {
    const second = memory.bytes[start + 1] ?? 0;
    const isRtcp = second >= 192 && second <= 223;
    if (session instanceof ViewerSession) {
      if (isRtcp) session.receiveRtcp(memory, start, end, nowMs)?.keyframeOf.keyframes.want(nowMs);
      return;
    }
    if (isRtcp) {
      session.receiveRtcp(memory, start, end, nowMs);
      this.#streams.get(session.streamId)?.feed?.clocks();
      return;
    }
    const packet = session.receiveRtp(memory, start, end, nowMs);
    const stream = this.#streams.get(session.streamId);
    if (packet && stream?.publisher === session) stream.collect(packet);
  }
}
