/** Several files, one after another, as one timeline. Seconds throughout. */
export class Timeline {
  readonly durationS: number;
  readonly #starts: readonly number[];

  constructor(durationsMs: readonly number[]) {
    let atMs = 0;
    this.#starts = durationsMs.map((ms) => {
      atMs += ms;
      return (atMs - ms) / 1000;
    });
    this.durationS = atMs / 1000;
  }

  /** The file that has this moment, and where within it; at the very end the last one. */
  placeOf(atS: number): { readonly part: number; readonly offsetS: number } {
    const withinS = Math.min(Math.max(0, atS), this.durationS);
    const part = Math.max(
      0,
      this.#starts.findLastIndex((startS) => startS <= withinS),
    );
    return { part, offsetS: withinS - this.startOf(part) };
  }

  startOf(part: number): number {
    return this.#starts[part] ?? this.durationS;
  }
}
