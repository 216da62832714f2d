import { readLeb128 } from '../media/codecs/av1.ts';
import { readSequence } from '../media/codecs/av1-sequence.ts';
import { BitReader } from '../media/codecs/bit-reader.ts';
import { av1ConfigRecord } from '../recording/av1-frame.ts';

const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const HAS_SIZE_BIT = 0x02;
const EXTENSION_BIT = 0x04;

/** A temporal unit of AV1 in the low-overhead format, each OBU with its size, as encoders write it. */
export interface Av1Unit {
  /** As files hold it: without the delimiter. */
  readonly data: Uint8Array;
  /** Encoders repeat it at each keyframe where a decoder may start, and nowhere else. */
  readonly sequenceHeader: Uint8Array | undefined;
}

export function readAv1Unit(bytes: Uint8Array): Av1Unit {
  const [first, ...others] = obusOf(bytes);
  // It comes first or not at all.
  const isDelimited = first?.type === TEMPORAL_DELIMITER;
  const sequence = [first, ...others].find((obu) => obu?.type === SEQUENCE_HEADER);
  return { data: isDelimited ? bytes.subarray(first.bytes.length) : bytes, sequenceHeader: sequence?.bytes };
}

function obusOf(bytes: Uint8Array): { type: number; bytes: Uint8Array }[] {
  const obus: { type: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = bytes[at] ?? 0;
    const sizeAt = at + ((header & EXTENSION_BIT) === 0 ? 1 : 2);
    const size = (header & HAS_SIZE_BIT) === 0 ? undefined : readLeb128(bytes, sizeAt, bytes.length);
    const end = size ? Math.min(bytes.length, size.next + size.value) : bytes.length;
    obus.push({ type: (header >> 3) & 0x0f, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return obus;
}

export interface Av1Description {
  /** AV1CodecConfigurationRecord. */
  readonly config: Uint8Array;
  /** As players are told, for example `av01.0.04M.08`: ffmpeg's own manifests say `av1`, which no browser takes. */
  readonly codecs: string;
}

/** `undefined` for what is no sequence header. */
export function describeAv1(sequenceHeader: Uint8Array): Av1Description | undefined {
  const config = av1ConfigRecord(sequenceHeader);
  const header = sequenceHeader[0] ?? 0;
  const size = readLeb128(sequenceHeader, (header & EXTENSION_BIT) === 0 ? 1 : 2, sequenceHeader.length);
  const sequence = size && readSequence(new BitReader(sequenceHeader, size.next, sequenceHeader.length));
  if (!config || !sequence) return undefined;
  const { profile, level, isHighTier, bitDepth } = sequence;
  const two = (value: number) => String(value).padStart(2, '0');
  return { config, codecs: `av01.${profile}.${two(level)}${isHighTier ? 'H' : 'M'}.${two(bitDepth)}` };
}
