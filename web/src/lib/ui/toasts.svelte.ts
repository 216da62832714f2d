interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

const SHOWN_MS = 4000;

/** Short messages at the foot of the page. */
class Toasts {
  shown: readonly Toast[] = $state.raw([]);
  #lastId = 0;

  say(text: string): void {
    this.#add(text, false);
  }

  fail(error: unknown): void {
    this.#add(error instanceof Error ? error.message : String(error), true);
  }

  #add(text: string, isError: boolean): void {
    const id = ++this.#lastId;
    this.shown = [...this.shown, { id, text, isError }];
    setTimeout(() => {
      this.shown = this.shown.filter((toast) => toast.id !== id);
    }, SHOWN_MS);
  }
}

export const toasts = new Toasts();
