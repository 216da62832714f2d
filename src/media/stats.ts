/** What a media thread measures, as plain data: told by `transport`, shown by the API and `/metrics`. */

/** What loss has cost on the way to or from one peer; the way round depends on whether it publishes or watches. */
export interface RepairCounts {
  /** Packets asked for again. */
  readonly nacked: number;
  /** Packets that came, or went out, once more. */
  readonly resent: number;
  /** PLI and FIR. */
  readonly keyframeRequests: number;
}

export interface TrafficCounts {
  readonly datagrams: number;
  /** UDP payload, or what is written to TCP. */
  readonly bytes: number;
}

/** Counted since the thread began. */
export interface ThreadStats {
  readonly publishers: number;
  readonly viewers: number;
  readonly received: TrafficCounts;
  readonly sent: TrafficCounts;
  /** Packets that the kernel did not take, or that a slow TCP connection was not given. */
  readonly unsent: number;
  /** Packets of publishers that were malformed, not authentic, replayed, or of no agreed kind. */
  readonly refused: number;
  /** How often it read too late what another thread told, and its viewers missed packets. */
  readonly overruns: number;
  /** Asked of publishers. */
  readonly ingest: RepairCounts;
  /** Asked by viewers. */
  readonly egress: RepairCounts;
  readonly busySeconds: number;
  /** How late the event loop was, since the last time this was asked. */
  readonly loopDelayMs: { readonly median: number; readonly p99: number; readonly max: number };
}

/** One media thread as the main thread sees it. */
export type ThreadReport = { readonly thread: number } & (
  | { readonly isUp: false }
  | ({ readonly isUp: true } & ThreadStats)
);
