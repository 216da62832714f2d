import type { LookupAddress } from 'node:dns';
import {
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { performance } from 'node:perf_hooks';
import { resolveTarget } from './targets.ts';

const TIMEOUT_MS = 10_000;
/** Of an answer that is for people to look at. */
const KEPT_BYTES = 1024;

export interface PostOutcome {
  readonly durationMs: number;
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
  /** `null`: there is an answer. */
  readonly problem: string | null;
}

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isPrivateAllowed: boolean;
  readonly timeoutMs?: number;
  /** What keeps connections for the next request; none is kept without it. */
  readonly agent?: HttpAgent;
}

/** One POST to an address that may be reached; redirects are answers like any other. Never rejects. */
export async function post(request: Request): Promise<PostOutcome> {
  const startedMs = performance.now();
  const outcome = await exchange(request).then(
    ({ status, body }) => ({ responseStatus: status, responseBody: body, problem: null }),
    (error: unknown) => ({ responseStatus: null, responseBody: null, problem: wordsOf(error) }),
  );
  return { ...outcome, durationMs: Math.round(performance.now() - startedMs) };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its first KiB. */
  readonly body: string;
}

/** The same with all of the answer. Rejects, in words for people, where there is none in time. */
export async function exchange({ url: text, timeoutMs = TIMEOUT_MS, ...request }: Request): Promise<Answer> {
  const { body, isPrivateAllowed } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  const url = new URL(text);
  const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
  try {
    const addresses = await Promise.race([resolveTarget(url, isPrivateAllowed), aborted(signal)]);
    const response = await open(url, addresses, { ...request, headers, signal });
    return { status: response.statusCode ?? 0, headers: response.headers, body: await beginningOf(response) };
  } catch (error) {
    if (signal.aborted) throw new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error });
    throw error;
  }
}

function open(
  url: URL,
  addresses: readonly LookupAddress[],
  { headers, body, agent, signal }: Pick<Request, 'headers' | 'body' | 'agent'> & { signal: AbortSignal },
): Promise<IncomingMessage> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: 'POST',
      headers,
      signal,
      agent: agent ?? false,
      lookup: (_host, { all }, give) => {
        const [first] = addresses;
        if (all) give(null, [...addresses]);
        else give(null, first?.address ?? '', first?.family);
      },
    });
    request.on('response', resolve).on('error', reject).end(body);
  });
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= KEPT_BYTES) break;
  }
  // PostgreSQL can not hold the character U+0000.
  return Buffer.concat(chunks).subarray(0, KEPT_BYTES).toString().replaceAll('\0', '\ufffd');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
