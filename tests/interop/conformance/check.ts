import type { Endpoint } from './endpoint.ts';

/** MUST, SHOULD, MAY, and what no text asks for but a real client breaks without. */
export type Level = 'M' | 'S' | 'O' | 'I';

export interface Check {
  /** As docs/conformance.md numbers it. */
  readonly item: string;
  readonly level: Level;
  readonly requirement: string;
  /** Throws where the requirement is not met; `NotApplicable` where it binds nobody here. */
  readonly run: (endpoint: Endpoint) => Promise<void>;
}

/** The requirement hangs on something optional that this server does without. */
export class NotApplicable extends Error {}

export type Verdict = 'met' | 'not met' | 'not applicable';

export interface Result extends Omit<Check, 'run'> {
  readonly verdict: Verdict;
  /** What was seen instead, or why it binds nobody. */
  readonly detail: string;
}

export async function judge(check: Check, endpoint: Endpoint): Promise<Result> {
  const { run, ...about } = check;
  try {
    await run(endpoint);
    return { ...about, verdict: 'met', detail: '' };
  } catch (error) {
    return { ...about, verdict: error instanceof NotApplicable ? 'not applicable' : 'not met', detail: wordsOf(error) };
  } finally {
    await endpoint.closeAll();
  }
}

/** In a line: fetch tells in its cause why there was no answer. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'there is no answer in time';
  const { cause } = error;
  if (error.message === 'fetch failed' && cause instanceof Error) {
    return `there is no answer: ${'code' in cause ? cause.code : cause.message}`;
  }
  return error.message.split('\n')[0] ?? '';
}
