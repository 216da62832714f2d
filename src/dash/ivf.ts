import type { IvfFrame } from '../media/ivf.ts';

const HEADER_BYTES = 32;
const FRAME_HEAD_BYTES = 12;

/** What an endless IVF of AV1 begins with; times are in milliseconds. */
export function ivfHead({ width, height }: { readonly width: number; readonly height: number }): Uint8Array {
  const head = Buffer.alloc(HEADER_BYTES);
  head.write('DKIF', 0, 'latin1');
  head.writeUInt16LE(HEADER_BYTES, 6);
  head.write('AV01', 8, 'latin1');
  head.writeUInt16LE(width, 12);
  head.writeUInt16LE(height, 14);
  head.writeUInt32LE(1_000, 16);
  head.writeUInt32LE(1, 20);
  return head;
}

export function ivfFrame({ ms, data }: IvfFrame): Uint8Array {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32LE(data.length, 0);
  head.writeBigUInt64LE(BigInt(ms), 4);
  return Buffer.concat([head, data]);
}
