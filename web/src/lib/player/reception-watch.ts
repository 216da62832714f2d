/** Nothing at all for so long, and the session is made anew: at first, and the longest wait after many tries in vain. */
const FIRST_REJOIN_MS = 4000;
const LONGEST_REJOIN_MS = 60_000;

/** What a connection has received up to a moment, counted from its beginning. */
export interface ReceptionCounts {
  readonly packets: number;
  readonly decoded: number;
}

/** Whether packets and pictures come, by how many have come so far. */
export class ReceptionWatch {
  #decoded = -1;
  #decodedMs = 0;
  #packets = -1;
  #packetsMs = 0;
  #beganMs = 0;
  #patienceMs = FIRST_REJOIN_MS;

  received({ packets, decoded }: ReceptionCounts, nowMs: number): void {
    if (packets !== this.#packets) {
      // What comes at the beginning may be a picture kept on the server: only later packets show that somebody sends.
      if (nowMs - this.#beganMs > FIRST_REJOIN_MS) this.#patienceMs = FIRST_REJOIN_MS;
      this.#packets = packets;
      this.#packetsMs = nowMs;
    }
    if (decoded !== this.#decoded) {
      this.#decoded = decoded;
      this.#decodedMs = nowMs;
    }
  }

  /** There is no connection, hence nothing to be missed. */
  paused(nowMs: number): void {
    this.#packets = -1;
    this.#beganMs = nowMs;
    this.#packetsMs = nowMs;
    this.#decodedMs = nowMs;
  }

  /** Since the last picture. */
  stillMs(nowMs: number): number {
    return nowMs - this.#decodedMs;
  }

  /** True when a new session is worth a try; each next one is waited for longer, as the streamer may only be silent. */
  mustRejoin(nowMs: number): boolean {
    if (nowMs - this.#packetsMs < this.#patienceMs) return false;
    this.#patienceMs = Math.min(LONGEST_REJOIN_MS, this.#patienceMs * 2);
    this.#packetsMs = nowMs;
    return true;
  }
}
