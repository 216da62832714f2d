import { hasText, joined, viewOf } from './parts.ts';
import type { Picture } from './picture.ts';

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const KEPT: ReadonlySet<string> = new Set(['VP8X', 'ICCP', 'ALPH', 'VP8 ', 'VP8L']);
/** Flags of VP8X that say of EXIF and XMP. */
const METADATA_FLAGS = 0x0c;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** RFC 9649. One that moves is none here: each of its pictures may have chunks of its own. */
export function readWebp(bytes: Uint8Array): Picture | undefined {
  if (!hasText(bytes, 0, 'RIFF') || !hasText(bytes, 8, 'WEBP')) return undefined;
  const view = viewOf(bytes);
  const parts = [Uint8Array.from(bytes.subarray(0, HEADER_BYTES))];
  let size: Size | undefined;
  let canvas: Size | undefined;
  const end = CHUNK_HEADER_BYTES + view.getUint32(4, true);
  if (end > bytes.length) return undefined;
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= end; ) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const next = at + CHUNK_HEADER_BYTES + length + (length % 2);
    if (next > end) return undefined;
    const chunk = Uint8Array.from(bytes.subarray(at, next));
    const payload = chunk.subarray(CHUNK_HEADER_BYTES, CHUNK_HEADER_BYTES + length);
    if (type === 'VP8X') {
      if (canvas || size) return undefined;
      canvas = canvasOf(payload);
      if (!canvas) return undefined;
      chunk[CHUNK_HEADER_BYTES] = (payload[0] ?? 0) & ~METADATA_FLAGS;
    } else if (type === 'VP8 ' || type === 'VP8L') {
      if (size) return undefined;
      size = type === 'VP8 ' ? lossySize(payload) : losslessSize(payload);
      if (!size) return undefined;
    } else if (type === 'ANMF') return undefined;
    if (KEPT.has(type)) parts.push(chunk);
    at = next;
  }
  // A header that promises another size than the pixels have hides how large they are.
  if (!size || (canvas && (canvas.width !== size.width || canvas.height !== size.height))) return undefined;
  const kept = joined(parts);
  viewOf(kept).setUint32(4, kept.length - CHUNK_HEADER_BYTES, true);
  return { ...size, bytes: kept };
}

function canvasOf(payload: Uint8Array): Size | undefined {
  if (payload.length !== 10) return undefined;
  const view = viewOf(payload);
  return { width: (view.getUint32(4, true) & 0xffffff) + 1, height: (view.getUint32(6, true) >>> 8) + 1 };
}

/** RFC 6386, section 9.1: a keyframe. */
function lossySize(payload: Uint8Array): Size | undefined {
  if (payload.length < 10 || (payload[0] ?? 1) % 2 === 1 || !hasText(payload, 3, '\x9d\x01\x2a')) return undefined;
  const view = viewOf(payload);
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

function losslessSize(payload: Uint8Array): Size | undefined {
  if (payload.length < 5 || payload[0] !== 0x2f) return undefined;
  const bits = viewOf(payload).getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
