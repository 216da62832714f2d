const SHOWN_MS = 1200;
const FAILURE_SHOWN_MS = 4000;

/** A word in the midst of the picture: what a key has just done, or why it did not. */
export class Flash {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    this.#show(text, SHOWN_MS);
  }

  fail(error: unknown): void {
    this.#show(error instanceof Error ? error.message : String(error), FAILURE_SHOWN_MS);
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #show(text: string, ms: number): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.text = '';
    }, ms);
  }
}
