import { nameShape } from './names.ts';
import type { AccountNames } from './ports.ts';

const FRESH_MS = 30_000;

/** Names of accounts, which no guest may have or come near to. A new account's is known half a minute later at most. */
export class TakenNames {
  readonly #accounts: AccountNames;
  readonly #now: () => number;
  #shapes: Promise<ReadonlySet<string>> | undefined;
  #untilMs = 0;

  constructor({ accounts, now }: { accounts: AccountNames; now: () => number }) {
    this.#accounts = accounts;
    this.#now = now;
  }

  async isTaken(name: string): Promise<boolean> {
    return (await this.#read()).has(nameShape(name));
  }

  #read(): Promise<ReadonlySet<string>> {
    if (this.#shapes && this.#now() < this.#untilMs) return this.#shapes;
    const shapes = this.#accounts.accountNames().then((names) => new Set(names.map(nameShape)));
    this.#shapes = shapes;
    this.#untilMs = this.#now() + FRESH_MS;
    shapes.catch(() => {
      if (this.#shapes === shapes) this.#shapes = undefined;
    });
    return shapes;
  }
}
