// In the first byte (RFC 6716 section 3.1): c c c c c s n n.
const CELT_ONLY_BIT = 0x80;
const FRAME_COUNT_BITS = 0x03;
// How the range coder writes CELT's flag of silence, before anything else.
const SILENCE = [0xff, 0xfe] as const;

/**
 * Whether a packet holds digital silence: every sample 0, as of a source that is muted. The quietest noise is none, and
 * what is coded as speech (SILK) does not tell. With a constant bitrate zeros fill the packet up.
 */
export function isDigitalSilence(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] ?? 0;
  if (end - start < 3 || (first & CELT_ONLY_BIT) === 0 || (first & FRAME_COUNT_BITS) !== 0) return false;
  if (bytes[start + 1] !== SILENCE[0] || bytes[start + 2] !== SILENCE[1]) return false;
  for (let at = start + 3; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
