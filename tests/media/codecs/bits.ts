/** Bytes of a text of 0 and 1 with blanks as one likes, filled up with zeros: to write headers as the standards show them. */
export function bytesOfBits(...parts: readonly string[]): number[] {
  const bits = parts.join('').replaceAll(' ', '');
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) bytes.push(Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2));
  return bytes;
}

export function fixed(value: number, width: number): string {
  return value.toString(2).padStart(width, '0');
}

/** ue(v) of H.264 section 9.1. */
export function golomb(value: number): string {
  const code = (value + 1).toString(2);
  return '0'.repeat(code.length - 1) + code;
}
