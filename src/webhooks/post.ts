import type { LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
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

/** One POST to an address that may be reached; redirects are answers like any other. Never rejects. */
export async function post(options: {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  isPrivateAllowed: boolean;
  timeoutMs?: number;
}): Promise<PostOutcome> {
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const outcome = await send(options, signal).catch((error: unknown) => ({
    responseStatus: null,
    responseBody: null,
    problem: signal.aborted ? 'no answer within 10 s' : wordsOf(error),
  }));
  return { ...outcome, durationMs: Math.round(performance.now() - startedMs) };
}

async function send(
  { url: text, headers, body, isPrivateAllowed }: Parameters<typeof post>[0],
  signal: AbortSignal,
): Promise<Omit<PostOutcome, 'durationMs'>> {
  const url = new URL(text);
  const addresses = await Promise.race([resolveTarget(url, isPrivateAllowed), aborted(signal)]);
  const response = await open(
    url,
    addresses,
    { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    body,
    signal,
  );
  const responseBody = await beginningOf(response);
  return { responseStatus: response.statusCode ?? null, responseBody, problem: null };
}

function open(
  url: URL,
  addresses: readonly LookupAddress[],
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: 'POST',
      headers,
      signal,
      agent: false,
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
