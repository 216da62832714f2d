import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

const MIB = 1 << 20;
/** Held in memory, some at a time; the least that S3 takes is 5 MiB. */
const PIECE_BYTES = 8 * MIB;
/** S3 takes 10,000 pieces. */
const MAX_PIECES = 9_000;

export interface Piece {
  /** From 1, as S3 counts. */
  readonly number: number;
  readonly start: number;
  readonly bytes: number;
}

/** The same for every file of this size, so that an upload is taken up where it stopped. One at least. */
export function piecesOf(fileBytes: number): readonly Piece[] {
  const size = Math.max(PIECE_BYTES, Math.ceil(fileBytes / MAX_PIECES / MIB) * MIB);
  return Array.from({ length: Math.max(1, Math.ceil(fileBytes / size)) }, (_, index) => ({
    number: index + 1,
    start: index * size,
    bytes: Math.min(size, fileBytes - index * size),
  }));
}

/** What comes in bits and bobs, in pieces that S3 takes; one at least, and only the last one is smaller. */
export async function* inPieces(stream: Readable): AsyncIterable<Uint8Array> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  let hasGiven = false;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    gathered.push(Buffer.from(chunk));
    bytes += chunk.length;
    while (bytes >= PIECE_BYTES) {
      const all = Buffer.concat(gathered);
      yield all.subarray(0, PIECE_BYTES);
      hasGiven = true;
      gathered = [all.subarray(PIECE_BYTES)];
      bytes -= PIECE_BYTES;
    }
  }
  if (bytes > 0 || !hasGiven) yield Buffer.concat(gathered);
}

/** As `Content-MD5` says it. */
export function md5(bytes: Uint8Array): { readonly base64: string; readonly hex: string } {
  const digest = createHash('md5').update(bytes).digest();
  return { base64: digest.toString('base64'), hex: digest.toString('hex') };
}
