import type { ParseArgsOptionDescriptor } from 'node:util';
import type { Config } from '../config.ts';
import type { ServerLink } from './server-link.ts';

/** One word or two, and what follows them. */
export interface Command {
  /** As it is typed: `key rotate`. */
  readonly name: string;
  /** What it must be told, by name, in order. */
  readonly takes: readonly string[];
  readonly summary: string;
  readonly options?: Readonly<Record<string, CommandOption>>;
  readonly run: (asked: Asked) => Promise<Outcome>;
}

export interface CommandOption extends ParseArgsOptionDescriptor {
  readonly help: string;
}

export interface Asked {
  readonly given: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
  readonly config: Config;
  /** The server that runs, or one that runs for this command alone. */
  readonly server: () => Promise<ServerLink>;
}

/** `data` is what `--json` prints. */
export interface Outcome {
  readonly data: unknown;
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly text?: string;
}

/** What was typed is no command: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The n-th of what the command takes; that it is there was checked. */
export function given({ given: words }: Asked, index: number): string {
  const word = words[index];
  if (word === undefined) throw new UsageError('Something is missing.');
  return word;
}

/** What can not be undone is done on `--yes` only. */
export function insist({ flags }: Asked, what: string): void {
  if (!flags.has('yes')) throw new UsageError(`${what} This can not be undone. Say --yes to do it.`);
}

export const yes = { yes: { type: 'boolean', help: 'do what can not be undone' } } as const;
