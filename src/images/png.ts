import { hasText, joined, viewOf } from './parts.ts';
import type { Picture } from './picture.ts';

const SIGNATURE = '\x89PNG\r\n\x1a\n';
const HEADER_BYTES = 13;
/** Length and type before, checksum after. */
const FRAME_BYTES = 12;
/** What the picture looks like: texts, EXIF, times, and the further pictures of an animation are not in it. */
const KEPT: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND'],
  ...['tRNS', 'cHRM', 'gAMA', 'iCCP', 'sRGB', 'cICP', 'sBIT', 'pHYs'],
]);

/** PNG, third edition, section 5. What follows its end is left out. */
export function readPng(bytes: Uint8Array): Picture | undefined {
  if (!hasText(bytes, 0, SIGNATURE)) return undefined;
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, SIGNATURE.length)];
  let size: { width: number; height: number } | undefined;
  let hasPixels = false;
  for (let at = SIGNATURE.length; at + FRAME_BYTES <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + FRAME_BYTES + length;
    if (end > bytes.length) return undefined;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if ((type === 'IHDR') !== (size === undefined)) return undefined;
    if (type === 'IHDR') {
      if (length !== HEADER_BYTES) return undefined;
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    }
    if (KEPT.has(type)) parts.push(bytes.subarray(at, end));
    hasPixels ||= type === 'IDAT';
    if (type === 'IEND') return size && hasPixels ? { ...size, bytes: joined(parts) } : undefined;
    at = end;
  }
  return undefined;
}
