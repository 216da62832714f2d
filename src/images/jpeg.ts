import { orientationIn, writeOrientation } from './orientation.ts';
import { hasText, joined, viewOf } from './parts.ts';
import type { Picture } from './picture.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
/** DHT, JPG and DAC lie among the frame headers. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);
/** DHT, DAC, DQT, DNL, DRI. */
const TABLES: ReadonlySet<number> = new Set([0xc4, 0xcc, 0xdb, 0xdc, 0xdd]);
/** A JFIF segment without a thumbnail. */
const PLAIN_JFIF_BYTES = 18;

/** ITU-T T.81, annex B. What follows its end, such as further pictures of a phone, is left out. */
export function readJpeg(bytes: Uint8Array): Picture | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, 2)];
  let size: { width: number; height: number } | undefined;
  let hasPixels = false;
  for (let at = 2; at + 2 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === EOI) {
      parts.push(bytes.subarray(at, at + 2));
      return size && hasPixels ? { ...size, bytes: joined(parts) } : undefined;
    }
    if (at + 4 > bytes.length) return undefined;
    const length = view.getUint16(at + 2);
    let end = at + 2 + length;
    if (length < 2 || end > bytes.length) return undefined;
    if (isFrame(marker)) {
      if (size || length < 8) return undefined;
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    if (marker === SOS) {
      if (!size) return undefined;
      hasPixels = true;
      end = endOfScan(bytes, end);
    }
    const segment = bytes.subarray(at, end);
    if (isKept(marker, segment)) parts.push(segment);
    // How the camera was held is how the picture looks.
    const turned = marker === APP1 ? orientationIn(segment) : undefined;
    if (turned !== undefined) parts.push(writeOrientation(turned));
    at = end;
  }
  return undefined;
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker);
}

/** Of applications' segments: the two that say what the colours mean, and the profile of colours. */
function isKept(marker: number, segment: Uint8Array): boolean {
  if (marker === APP0) return hasText(segment, 4, 'JFIF\0') && segment.length === PLAIN_JFIF_BYTES;
  if (marker === APP2) return hasText(segment, 4, 'ICC_PROFILE\0');
  if (marker === APP14) return hasText(segment, 4, 'Adobe');
  return marker === SOS || isFrame(marker) || TABLES.has(marker);
}

/** Where the next marker is that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}
