/** The little of DER (X.690) that a certificate is written with. */

export type Der = Uint8Array;

export function sequence(...parts: readonly Der[]): Der {
  return tagged(0x30, Buffer.concat(parts));
}

export function set(...parts: readonly Der[]): Der {
  return tagged(0x31, Buffer.concat(parts));
}

/** Context-specific and constructed: `[number]`. */
export function explicit(number: number, part: Der): Der {
  return tagged(0xa0 | number, part);
}

/** `magnitude`: big-endian, not negative. */
export function integer(magnitude: Uint8Array): Der {
  const start = magnitude.findIndex((byte) => byte !== 0);
  const significant = start === -1 ? Buffer.of(0) : magnitude.subarray(start);
  const isSignTaken = ((significant[0] ?? 0) & 0x80) !== 0;
  return tagged(0x02, isSignTaken ? Buffer.concat([Buffer.of(0), significant]) : significant);
}

/** Dotted, as in `1.2.840.10045.4.3.2`. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function utf8String(text: string): Der {
  return tagged(0x0c, Buffer.from(text));
}

/** RFC 5280 section 4.1.2.5: two digits of the year until 2049, four from 2050 on. */
export function time(date: Date): Der {
  const digits = `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

/** Whole bytes. */
export function bitString(bytes: Uint8Array): Der {
  return tagged(0x03, Buffer.concat([Buffer.of(0), bytes]));
}

function tagged(tag: number, content: Uint8Array): Der {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
