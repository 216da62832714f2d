type Hear = () => void;

/** Tells those who act for an account that its role, logins or tokens are not what they were. */
export class AccountChanges {
  readonly #listeners = new Map<string, Set<Hear>>();

  /** Until the returned function is called. */
  listen(userId: string, hear: Hear): () => void {
    const listeners = this.#listeners.get(userId) ?? new Set<Hear>();
    this.#listeners.set(userId, listeners.add(hear));
    return () => {
      listeners.delete(hear);
      if (listeners.size === 0 && this.#listeners.get(userId) === listeners) this.#listeners.delete(userId);
    };
  }

  tell(userId: string): void {
    for (const hear of [...(this.#listeners.get(userId) ?? [])]) hear();
  }
}
