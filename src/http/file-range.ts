import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { HttpError } from './errors.ts';

/** A file with its byte ranges (RFC 9110 section 14). Several ranges at once are answered with all of it. */
export async function sendFile(
  c: Context,
  { path, type, headers }: { path: string; type: string; headers: Readonly<Record<string, string>> },
): Promise<Response> {
  const file = await open(path).catch(() => undefined);
  if (!file) throw new HttpError('not_found', 'There is nothing here.');
  const { size } = await file.stat();
  const range = rangeOf(c.req.header('range'), size);
  const shared = { ...headers, 'Content-Type': type, 'Accept-Ranges': 'bytes' };
  if (range === 'none') {
    await file.close();
    throw new HttpError('range_not_satisfiable', 'The file is shorter.', {
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = Math.max(0, end - start + 1);
  const content = range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {};
  const all = { ...shared, ...content, 'Content-Length': String(length) };
  if (c.req.method === 'HEAD' || length === 0) {
    await file.close();
    return c.body(null, range ? 206 : 200, all);
  }
  const stream = Readable.toWeb(file.createReadStream({ start, end })) as ReadableStream<Uint8Array>;
  return c.body(stream, range ? 206 : 200, all);
}

/** `undefined`: all of it. `none`: nothing that is there. */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'none' | undefined {
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
