/** What a sender says it has sent (RFC 3550 section 6.4.1), beside what had come when it said so. */
export class SenderCounts {
  reports = 0;
  /** Payload bytes sent since the first report, up to the last one. */
  sentBytes = 0;
  /** Payload bytes that came in the same time. */
  arrivedBytes = 0;
  #octetCount: number | undefined;
  #arrived = 0;
  #arrivedBefore = 0;

  packet(bytes: number): void {
    this.#arrived += bytes;
  }

  /** `octetCount`: as on the wire, where it wraps at 32 bits. */
  report(octetCount: number): void {
    const grown = this.#octetCount === undefined ? 0 : (octetCount - this.#octetCount) >>> 0;
    // A count that runs backwards is another sender's.
    if (this.#octetCount !== undefined && grown < 2 ** 31) {
      this.sentBytes += grown;
      this.arrivedBytes += this.#arrived - this.#arrivedBefore;
    }
    this.reports += 1;
    this.#octetCount = octetCount;
    this.#arrivedBefore = this.#arrived;
  }

  /** Another source begins. */
  reset(): void {
    this.#octetCount = undefined;
  }
}
