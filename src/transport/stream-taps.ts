/** Who listens to which stream on its home thread, beside the threads that follow it. */
export class StreamTaps {
  readonly #byStream = new Map<string, Set<string>>();

  has(streamId: string): boolean {
    return this.#byStream.has(streamId);
  }

  add(streamId: string, by: string): void {
    const taps = this.#byStream.get(streamId) ?? new Set();
    this.#byStream.set(streamId, taps.add(by));
  }

  /** True when it tapped the stream and nobody does any more. */
  remove(streamId: string, by: string): boolean {
    const taps = this.#byStream.get(streamId);
    if (!taps?.delete(by) || taps.size > 0) return false;
    return this.#byStream.delete(streamId);
  }

  closed(streamId: string): void {
    this.#byStream.delete(streamId);
  }
}
