const BUCKET_MS = 125;
const BUCKET_COUNT = 12;
// Below this a rate says more about chance than about the sender.
const MIN_SPAN_MS = 500;

/** A sum per second over the last one and a half seconds. */
export class RateMeter {
  readonly #buckets = new Float64Array(BUCKET_COUNT);
  #newest = -1;
  #firstMs = -1;

  add(amount: number, nowMs: number): void {
    if (this.#firstMs < 0) this.#firstMs = nowMs;
    this.#advance(nowMs);
    const at = this.#newest % BUCKET_COUNT;
    this.#buckets[at] = (this.#buckets[at] ?? 0) + amount;
  }

  perSecond(nowMs: number): number {
    if (this.#firstMs < 0) return 0;
    this.#advance(nowMs);
    let sum = 0;
    for (const amount of this.#buckets) sum += amount;
    const windowMs = (BUCKET_COUNT - 1) * BUCKET_MS + (nowMs - this.#newest * BUCKET_MS);
    return (sum * 1000) / Math.max(MIN_SPAN_MS, Math.min(windowMs, nowMs - this.#firstMs));
  }

  reset(): void {
    this.#buckets.fill(0);
    this.#newest = -1;
    this.#firstMs = -1;
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    if (bucket - this.#newest >= BUCKET_COUNT) this.#buckets.fill(0);
    else for (let next = this.#newest + 1; next <= bucket; next++) this.#buckets[next % BUCKET_COUNT] = 0;
    this.#newest = Math.max(this.#newest, bucket);
  }
}
