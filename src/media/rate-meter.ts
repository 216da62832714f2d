const bucketMs = 125;
const bucketCount = 12;
// Below this a rate says more about chance than about the sender.
const minSpanMs = 500;

/** A sum per second over the last one and a half seconds. */
export class RateMeter {
  readonly #buckets = new Float64Array(bucketCount);
  #newest = -1;
  #firstMs = -1;

  add(amount: number, nowMs: number): void {
    if (this.#firstMs < 0) this.#firstMs = nowMs;
    this.#advance(nowMs);
    const at = this.#newest % bucketCount;
    this.#buckets[at] = (this.#buckets[at] ?? 0) + amount;
  }

  perSecond(nowMs: number): number {
    if (this.#firstMs < 0) return 0;
    this.#advance(nowMs);
    let sum = 0;
    for (const amount of this.#buckets) sum += amount;
    const windowMs = (bucketCount - 1) * bucketMs + (nowMs - this.#newest * bucketMs);
    return (sum * 1000) / Math.max(minSpanMs, Math.min(windowMs, nowMs - this.#firstMs));
  }

  reset(): void {
    this.#buckets.fill(0);
    this.#newest = -1;
    this.#firstMs = -1;
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / bucketMs);
    if (bucket - this.#newest >= bucketCount) this.#buckets.fill(0);
    else for (let next = this.#newest + 1; next <= bucket; next++) this.#buckets[next % bucketCount] = 0;
    this.#newest = Math.max(this.#newest, bucket);
  }
}
