import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { spreadsOf } from '../media/spread.ts';
import type { RepairCounts, ThreadStats } from '../media/stats.ts';
import type { MediaPort } from './media-port.ts';
import type { Drops } from './messages.ts';
import { PublisherSession } from './publisher-session.ts';
import type { MediaSession } from './session-table.ts';

const RESOLUTION_MS = 20;
const NOTHING: RepairCounts = { nacked: 0, resent: 0, keyframeRequests: 0 };

/** What one media thread has done since it began: of sessions that are over by what they left behind. */
export class ThreadMeter {
  readonly #loopDelay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #received = 0;
  #receivedBytes = 0;
  #refused = 0;
  #overruns = 0;
  #unsentReported = 0;
  #refusedReported = 0;
  #ingest = NOTHING;
  #egress = NOTHING;

  constructor() {
    this.#loopDelay.enable();
  }

  received(bytes: number): void {
    this.#received += 1;
    this.#receivedBytes += bytes;
  }

  /** A session that will not be counted among the open ones any more. */
  left(session: MediaSession): void {
    this.#refused += session.refused;
    if (session instanceof PublisherSession) this.#ingest = sum(this.#ingest, session.repairs);
    else this.#egress = sum(this.#egress, session.repairs);
  }

  /** What was dropped since the last call, as the overruns are counted. */
  newDrops(sessions: Iterable<MediaSession>, port: MediaPort, overruns: number): Drops {
    const unsent = port.dropped - this.#unsentReported;
    const refused = this.#refusedOf(sessions) - this.#refusedReported;
    this.#unsentReported += unsent;
    this.#refusedReported += refused;
    this.#overruns += overruns;
    return { unsent, refused, overruns };
  }

  stats(sessions: Iterable<MediaSession>, port: MediaPort, nowMs: number): ThreadStats {
    const open = [...sessions];
    const publishers = open.filter((session) => session instanceof PublisherSession);
    const viewers = open.filter((session) => !(session instanceof PublisherSession));
    return {
      publishers: publishers.length,
      viewers: viewers.length,
      received: { datagrams: this.#received, bytes: this.#receivedBytes },
      sent: port.sent,
      unsent: port.dropped,
      refused: this.#refusedOf(open),
      overruns: this.#overruns,
      ingest: publishers.reduce((total, { repairs }) => sum(total, repairs), this.#ingest),
      egress: viewers.reduce((total, { repairs }) => sum(total, repairs), this.#egress),
      spreads: spreadsOf(open.filter(({ peer }) => peer.isConnected).map((session) => session.stats(nowMs))),
      busySeconds: performance.eventLoopUtilization().active / 1000,
      loopDelayMs: this.#takeLoopDelay(),
    };
  }

  close(): void {
    this.#loopDelay.disable();
  }

  #refusedOf(sessions: Iterable<MediaSession>): number {
    let refused = this.#refused;
    for (const session of sessions) refused += session.refused;
    return refused;
  }

  // The histogram holds whole intervals in nanoseconds; what is beyond the wanted one is the delay.
  #takeLoopDelay(): ThreadStats['loopDelayMs'] {
    const histogram = this.#loopDelay;
    const delayMs = (ns: number) => (histogram.count === 0 ? 0 : Math.max(0, ns / 1e6 - RESOLUTION_MS));
    const delay = {
      median: delayMs(histogram.percentile(50)),
      p99: delayMs(histogram.percentile(99)),
      max: delayMs(histogram.max),
    };
    histogram.reset();
    return delay;
  }
}

function sum(a: RepairCounts, b: RepairCounts): RepairCounts {
  return {
    nacked: a.nacked + b.nacked,
    resent: a.resent + b.resent,
    keyframeRequests: a.keyframeRequests + b.keyframeRequests,
  };
}
