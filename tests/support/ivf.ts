import { av1Frame } from '../../src/recording/av1-frame.ts';
import { realPackets } from '../media/packets.ts';

/** Of an IVF of AV1 whose times are in ms. */
export function ivfHeader({ magic = 'DKIF', codec = 'AV01', perSecond = 1000, unit = 1 } = {}): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write(magic, 0);
  bytes.writeUInt16LE(32, 6);
  bytes.write(codec, 8);
  bytes.writeUInt32LE(perSecond, 16);
  bytes.writeUInt32LE(unit, 20);
  return bytes;
}

export function ivfFrame(time: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(data.length, 0);
  head.writeBigUInt64LE(BigInt(time), 4);
  return Buffer.concat([head, data]);
}

/** Twenty real pictures of 318x178 as encoders write them; the first and the eleventh are keyframes. */
export function realUnits(): readonly Uint8Array[] {
  const payloads = Map.groupBy(realPackets('av1'), ({ timestamp }) => timestamp);
  return [...payloads.values()].map((packets) =>
    av1Frame(packets.map(({ bytes, start, end }) => bytes.subarray(start, end))),
  );
}
