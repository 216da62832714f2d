/** What one load cost. */
export interface Point {
  /** How many there were of what grows. */
  readonly size: number;
  /** Microseconds of the server's CPU time a packet and viewer, of each stretch of time. */
  readonly cpuUs: readonly number[];
  /** Of the server's CPU time: spent in the kernel. */
  readonly kernelShare: number;
  /** Of one core: the server's process, and its busiest thread. */
  readonly serverShare: number;
  readonly busiestShare: number;
  readonly residentBytes: number;
  /** Out to all viewers. */
  readonly packetsPerSecond: number;
  /** Microseconds of the viewers' own process a packet. */
  readonly loadUs: number;
  /** From the publisher to the viewers' sockets. */
  readonly delayMs: { readonly p50: number; readonly p99: number };
  readonly lost: number;
  /** Of the packets that were due: what came. Less than 1 where viewers were sent a smaller layer. */
  readonly delivered: number;
}

export interface Line {
  /** Empty where it is the only one. */
  readonly name: string;
  readonly points: readonly Point[];
}

/** How cost grows with one thing. */
export interface Growth {
  /** The thing: `viewers`. */
  readonly what: string;
  readonly title: string;
  /** Sizes lie far apart. */
  readonly isWide: boolean;
  readonly lines: readonly Line[];
  /** What else there was, in words. */
  readonly setting: string;
}
