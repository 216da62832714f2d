/** Of a connection's memory in PostgreSQL each name takes some 20 KB for as long as it is open. */
const MAX_NAMES = 200;
const MAX_COUNTED = 2_000;
/** What is asked less often is not worth a name. */
const NAMED_AFTER = 10;

/**
 * Names for statements that are asked again and again: PostgreSQL reads and plans what has a name once for each
 * connection. The same statement with more or fewer values is another one, hence there have to be bounds.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #asked = new Map<string, number>();

  /** Empty, which is none in PostgreSQL's protocol, for one that is not asked often. */
  of(sql: string): string {
    const name = this.#names.get(sql);
    if (name !== undefined || this.#names.size >= MAX_NAMES) return name ?? '';
    const asked = (this.#asked.get(sql) ?? 0) + 1;
    if (asked >= NAMED_AFTER) {
      this.#asked.delete(sql);
      this.#names.set(sql, `s${this.#names.size + 1}`);
    } else {
      if (this.#asked.size >= MAX_COUNTED) this.#asked.clear();
      this.#asked.set(sql, asked);
    }
    return this.#names.get(sql) ?? '';
  }
}
