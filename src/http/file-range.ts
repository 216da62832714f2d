import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { HttpError } from './errors.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Bytes that are somewhere, of which any part can be had. */
export interface SentBytes {
  readonly bytes: number;
  /** A strong one, quotes included. */
  readonly etag?: string;
  /** Nothing where they are gone meanwhile. */
  readonly read: (range: Range | undefined) => Promise<Readable | undefined>;
}

type Headers = Readonly<Record<string, string>>;

export async function sendFile(
  c: Context,
  { path, type, headers }: { path: string; type: string; headers: Headers },
): Promise<Response> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw nothingHere();
  const read = async (range: Range | undefined) => createReadStream(path, range);
  return sendBytes(c, { bytes: found.size, read }, { ...headers, 'Content-Type': type });
}

/** With byte ranges and what asks for them (RFC 9110 sections 13 and 14). Several ranges at once are answered with all. */
export async function sendBytes(c: Context, sent: SentBytes, given: Headers): Promise<Response> {
  const { bytes: size, etag } = sent;
  const shared = { ...given, ...(etag !== undefined && { ETag: etag }), 'Accept-Ranges': 'bytes' };
  if (etag !== undefined && isAmong(etag, c.req.header('if-none-match'))) return c.body(null, 304, shared);
  const range = isStillWanted(c, etag) ? rangeOf(c.req.header('range'), size) : undefined;
  if (range === 'none') {
    throw new HttpError('range_not_satisfiable', 'The file is shorter.', {
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = Math.max(0, end - start + 1);
  const content = range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {};
  const headers = { ...shared, ...content, 'Content-Length': String(length) };
  const status = range ? 206 : 200;
  if (c.req.method === 'HEAD' || length === 0) return c.body(null, status, headers);
  const stream = await sent.read(range);
  if (!stream) throw nothingHere();
  // Who leaves cancels it, and who reads slowly holds it up: no more than a few pieces are ever in memory.
  return c.body(Readable.toWeb(stream) as ReadableStream<Uint8Array>, status, headers);
}

/** `undefined`: all of it. `none`: nothing that is there. */
export function rangeOf(header: string | undefined, size: number): Range | 'none' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!found) return undefined;
  const [, from = '', to = ''] = found;
  if (from === '' && to === '') return undefined;
  if (from === '')
    return Number(to) === 0 || size === 0 ? 'none' : { start: Math.max(0, size - Number(to)), end: size - 1 };
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < Number(from)) return undefined;
  return Number(from) >= size ? 'none' : { start: Number(from), end };
}

function isAmong(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}

/** A part is of use only beside the other parts of the same bytes. */
function isStillWanted(c: Context, etag: string | undefined): boolean {
  const of = c.req.header('if-range');
  return of === undefined || of === etag;
}

function nothingHere(): HttpError {
  return new HttpError('not_found', 'There is nothing here.');
}
