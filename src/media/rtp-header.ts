const FIXED_LENGTH = 12;
const ONE_BYTE_PROFILE = 0xbede;
// The lowest four bits of the two-byte form's profile are free for the application.
const TWO_BYTE_PROFILE = 0x1000 >> 4;

/** An RTP header (RFC 3550 section 5.1) as a reusable reader: nothing is allocated until an extension is asked for. */
export class RtpHeader {
  payloadType = 0;
  marker = false;
  seq = 0;
  timestamp = 0;
  ssrc = 0;
  hasPadding = false;
  /** With CSRCs and extensions: where the payload begins, counted from the start of the packet. */
  headerLength = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #profile = 0;
  #extensionsStart = 0;
  #extensionsEnd = 0;

  /** False when malformed; the fields are then worth nothing. Keeps hold of `bytes` until the next read. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#extensionsStart = 0;
    this.#extensionsEnd = 0;
    if (start < 0 || end > bytes.length || end - start < FIXED_LENGTH) return false;
    const first = byteAt(bytes, start);
    if (first >> 6 !== 2) return false;
    const second = byteAt(bytes, start + 1);
    this.hasPadding = (first & 0x20) !== 0;
    this.marker = (second & 0x80) !== 0;
    this.payloadType = second & 0x7f;
    this.seq = uint16At(bytes, start + 2);
    this.timestamp = uint32At(bytes, start + 4);
    this.ssrc = uint32At(bytes, start + 8);
    let at = start + FIXED_LENGTH + (first & 0x0f) * 4;
    if ((first & 0x10) !== 0) {
      if (at + 4 > end) return false;
      this.#profile = uint16At(bytes, at);
      this.#extensionsStart = at + 4;
      at += 4 + uint16At(bytes, at + 2) * 4;
      this.#extensionsEnd = at;
    }
    if (at > end) {
      this.#extensionsEnd = this.#extensionsStart;
      return false;
    }
    this.headerLength = at - start;
    return true;
  }

  /** A header extension (RFC 8285, one-byte and two-byte forms), as a view of what `read` saw. */
  extension(id: number): Uint8Array | undefined {
    if (this.#extensionsStart === this.#extensionsEnd) return undefined;
    const isOneByte = this.#profile === ONE_BYTE_PROFILE;
    if (!isOneByte && this.#profile >> 4 !== TWO_BYTE_PROFILE) return undefined;
    const end = this.#extensionsEnd;
    let at = this.#extensionsStart;
    while (at < end) {
      const head = byteAt(this.#bytes, at);
      if (head === 0) {
        at += 1;
        continue;
      }
      const foundId = isOneByte ? head >> 4 : head;
      // RFC 8285 section 4.2: id 15 ends the list; id 0 with a length is not a legal element.
      if (isOneByte && (foundId === 15 || foundId === 0)) return undefined;
      if (!isOneByte && at + 1 >= end) return undefined;
      const length = isOneByte ? (head & 0x0f) + 1 : byteAt(this.#bytes, at + 1);
      at += isOneByte ? 1 : 2;
      if (at + length > end) return undefined;
      if (foundId === id) return this.#bytes.subarray(at, at + length);
      at += length;
    }
    return undefined;
  }
}

/** Where the payload in `start..end` of a packet with the padding bit ends; -1 when the padding is malformed. */
export function endWithoutPadding(bytes: Uint8Array, start: number, end: number): number {
  const padding = end > start ? byteAt(bytes, end - 1) : 0;
  return padding === 0 || padding > end - start ? -1 : end - padding;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function uint16At(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
}

function uint32At(bytes: Uint8Array, at: number): number {
  return ((uint16At(bytes, at) << 16) | uint16At(bytes, at + 2)) >>> 0;
}
