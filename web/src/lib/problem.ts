/** What a refused request says, in words fit to show. `status` is 0 when no answer came at all. */
import { words } from './words/words.ts';
export interface Problem {
  readonly status: number;
  readonly message: string;
  /** By field, from the `errors` of the problem. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  /** What this browser would have to decode, and does not. */
  readonly missingCodec?: string;
}

const FALLBACK: Readonly<Record<number, string>> = words.errors.byStatus;

/** Reads RFC 9457 problem details; an answer without them still gets words. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  const body = record(await response.json().catch(() => undefined));
  const said = text(body['detail']) ?? text(body['title']);
  const fields = fieldErrors(body['errors']);
  const missingCodec = text(body['codec'])?.toUpperCase();
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), Date.now());
  return {
    status,
    message: said ?? FALLBACK[status] ?? words.errors.withStatus(status),
    ...(fields && { fields }),
    ...(missingCodec && { missingCodec }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
export function retryAfter(header: string | null, nowMs: number): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function fieldErrors(errors: unknown): Record<string, string> | undefined {
  if (!Array.isArray(errors)) return undefined;
  const fields: Record<string, string> = {};
  for (const { path, message } of errors.map(record)) {
    const field = Array.isArray(path) ? path.join('.') : text(path);
    const reason = text(message);
    if (field && reason) fields[field] ??= reason;
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}

const record = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
