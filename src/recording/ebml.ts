/** Elements of EBML (RFC 8794): id, size, data. Ids are given with their length marker, as RFC 9559 prints them. */
export function element(id: number, ...data: readonly Uint8Array[]): Uint8Array {
  const length = data.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([elementHead(id, length), ...data]);
}

/** Of an element with so many bytes of data, which is not copied. */
export function elementHead(id: number, length: number): Uint8Array {
  return Buffer.concat([idBytes(id), sizeBytes(length)]);
}

/** Of a size that is written in 8 bytes, so that another may take its place; by default "unknown". */
export function openElement(id: number, size?: number): Uint8Array {
  return Buffer.concat([idBytes(id), size === undefined ? UNKNOWN_SIZE : longSize(size)]);
}

export function uint(id: number, value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return element(id, Uint8Array.from(bytes.length > 0 ? bytes : [0]));
}

export function float(id: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

export function text(id: number, value: string): Uint8Array {
  return element(id, Buffer.from(value));
}

const VOID = 0xec;

/** Nothing, over so many bytes in all: 2 or more. */
export function filler(bytes: number): Uint8Array {
  const isShort = bytes < 10;
  const size = isShort ? Uint8Array.of(0x80 | (bytes - 2)) : longSize(bytes - 9);
  return Buffer.concat([Uint8Array.of(VOID), size, Buffer.alloc(bytes - 1 - size.length)]);
}

const UNKNOWN_SIZE = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

export function idBytes(id: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}

function sizeBytes(length: number): Uint8Array {
  // One value of each width means "unknown".
  if (length < 0x7f) return Uint8Array.of(0x80 | length);
  if (length < 0x3fff) return Uint8Array.of(0x40 | (length >> 8), length & 0xff);
  return longSize(length);
}

function longSize(length: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  bytes[0] = 0x01;
  return bytes;
}

export interface Header {
  readonly id: number;
  /** Bytes of id and size. */
  readonly length: number;
  /** `undefined`: unknown. */
  readonly size: number | undefined;
}

/** The head of the element at `at`; `undefined` where it does not stand there whole. */
export function readHeader(bytes: Uint8Array, at: number): Header | undefined {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeAt = at + idLength;
  const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
  if (idLength > 4 || sizeLength > 8 || sizeAt + sizeLength > bytes.length) return undefined;
  const id = bigEndian(bytes, at, idLength);
  // The marker is taken off first: with it a size of 8 bytes is more than a number can hold to the last bit.
  const high = (bytes[sizeAt] ?? 0) & (0xff >> sizeLength);
  const size = high * 256 ** (sizeLength - 1) + bigEndian(bytes, sizeAt + 1, sizeLength - 1);
  const isUnknown = size >= 2 ** (7 * sizeLength) - 1;
  return { id, length: idLength + sizeLength, size: isUnknown ? undefined : size };
}

/** Unsigned, exact up to 2^53. */
export function bigEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}
