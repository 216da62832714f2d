import { hasText, viewOf } from './parts.ts';

const EXIF = 'Exif\0\0';
const TIFF_AT = 4 + EXIF.length;
const ORIENTATION = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** 2 to 8: how a picture is to be turned, as an EXIF segment (APP1) says it; `undefined`: not at all. */
export function orientationIn(segment: Uint8Array): number | undefined {
  if (!hasText(segment, 4, EXIF)) return undefined;
  const tiff = segment.subarray(TIFF_AT);
  const view = viewOf(tiff);
  const isLittle = hasText(tiff, 0, 'II*\0');
  if (tiff.length < 8 || !(isLittle || hasText(tiff, 0, 'MM\0*'))) return undefined;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return undefined;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0; i < count; i += 1) {
    const at = directory + 2 + i * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return undefined;
    if (view.getUint16(at, isLittle) !== ORIENTATION || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 2 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** An EXIF segment that says this and nothing else. */
export function writeOrientation(value: number): Uint8Array {
  const bytes = new Uint8Array(TIFF_AT + 8 + 2 + ENTRY_BYTES + 4);
  const view = viewOf(bytes);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, bytes.length - 2);
  for (const [i, letter] of [...`${EXIF}MM\0*`].entries()) bytes[4 + i] = letter.charCodeAt(0);
  view.setUint32(TIFF_AT + 4, 8);
  view.setUint16(TIFF_AT + 8, 1);
  view.setUint16(TIFF_AT + 10, ORIENTATION);
  view.setUint16(TIFF_AT + 12, SHORT);
  view.setUint32(TIFF_AT + 14, 1);
  view.setUint16(TIFF_AT + 18, value);
  return bytes;
}
