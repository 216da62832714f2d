import { randomUUID } from 'node:crypto';
import type { JoinRequest } from './audience.ts';
import type { Broadcast } from './broadcast.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Clock } from './clock.ts';
import { StreamError } from './errors.ts';
import type { Passes } from './passes.ts';
import type { PlayReport } from './play-report.ts';
import type { EndReason } from './ports.ts';
import type { Visitors } from './visitors.ts';

/** Players tell of themselves twice a minute: who missed that twice is gone. */
const HEARD_WITHIN_MS = 75_000;
/** Of all channels: as many as may hear events. */
const MAX_VIEWINGS = 20_000;

interface Viewing {
  readonly broadcast: Broadcast;
  /** Of the pass that he watches with. */
  readonly release: (() => void) | undefined;
  readonly heardMs: number;
}

interface ViewingsOptions {
  readonly broadcasts: Broadcasts;
  readonly passes: Passes;
  readonly visitors: Visitors;
  readonly clock: Clock;
}

/**
 * Those who watch a stream by files, which come from wherever: there is no session, so their players say that they are
 * there. They count, and have rows, as all other viewers.
 */
export class Viewings {
  readonly #broadcasts: Broadcasts;
  readonly #passes: Passes;
  readonly #visitors: Visitors;
  readonly #clock: Clock;
  /** In the order in which they were last heard. */
  readonly #open = new Map<string, Viewing>();

  constructor({ broadcasts, passes, visitors, clock }: ViewingsOptions) {
    this.#broadcasts = broadcasts;
    this.#passes = passes;
    this.#visitors = visitors;
    this.#clock = clock;
  }

  /** Its id, which is as secret as a session's. Throws `not_live` and `at_capacity`. */
  open({ channel, from, pass }: JoinRequest): string {
    const broadcast = this.#broadcasts.ofChannel(channel.id);
    if (!broadcast?.stream.isWatchable) throw new StreamError('not_live', 'Nobody is live on this channel now.');
    if (this.#open.size >= MAX_VIEWINGS) throw new StreamError('at_capacity', 'The server counts no more viewers.');
    const id = randomUUID();
    // It takes no place: whoever goes over from WebRTC, or back, is there twice for a moment.
    const release = pass && this.#passes.listen(pass, (reason) => this.#end(id, reason));
    this.#open.set(id, { broadcast, release, heardMs: this.#clock.now() });
    broadcast.viewerConnected(id, from && this.#visitors.of(from));
    return id;
  }

  /** Throws `no_session`. A player that has not heard yet that the stream is over is none to blame. */
  heard(id: string, report: PlayReport): void {
    const viewing = this.#open.get(id);
    if (!viewing) throw new StreamError('no_session', 'There is no such viewing.');
    this.#open.delete(id);
    this.#open.set(id, { ...viewing, heardMs: this.#clock.now() });
    viewing.broadcast.viewerPlayed(id, report);
  }

  /** One that is not there is as it shall be. */
  leave(id: string): void {
    this.#end(id, 'deleted');
  }

  /** The first that was heard lately stops the walk. */
  expire(nowMs: number): void {
    for (const [id, { heardMs }] of this.#open) {
      if (nowMs - heardMs < HEARD_WITHIN_MS) return;
      this.#end(id, 'consent_lapsed');
    }
  }

  #end(id: string, reason: EndReason): void {
    const viewing = this.#open.get(id);
    if (!viewing) return;
    this.#open.delete(id);
    viewing.release?.();
    viewing.broadcast.viewerLeft(id, reason);
  }
}
