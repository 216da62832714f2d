import type { BitReader } from './bit-reader.ts';
import { type PictureSize, pictureSize } from './payload-facts.ts';

/** What a player must know of an AV1 stream before its first picture. */
export interface Av1Sequence extends Av1SequenceHead {
  readonly bitDepth: 8 | 10 | 12;
  readonly isMonochrome: boolean;
  readonly subsamplingX: 0 | 1;
  readonly subsamplingY: 0 | 1;
  readonly chromaPosition: number;
}

const SELECT = 2;
const SRGB = { primaries: 1, transfer: 13, matrix: 0 };

/** What a sequence header begins with (AV1 specification, section 5.5.1). */
export interface Av1SequenceHead {
  readonly profile: number;
  readonly level: number;
  readonly isHighTier: boolean;
  readonly isReduced: boolean;
  /** `undefined` where no picture is so large. */
  readonly size: PictureSize | undefined;
}

/** Up to the largest frame size. */
export function readSequenceHead(reader: BitReader): Av1SequenceHead | undefined {
  const profile = reader.bits(3);
  reader.skip(1);
  const isReduced = reader.flag();
  const point = isReduced ? { level: reader.bits(5), isHighTier: false } : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const size = pictureSize(reader.bits(widthBits) + 1, reader.bits(heightBits) + 1);
  return reader.isExhausted ? undefined : { profile, isReduced, size, ...point };
}

/** Up to the colours. `undefined` for what ends too early. */
export function readSequence(reader: BitReader): Av1Sequence | undefined {
  const head = readSequenceHead(reader);
  if (!head) return undefined;
  if (!head.isReduced && reader.flag()) reader.skip(7);
  reader.skip(3);
  if (!head.isReduced) skipTools(reader);
  reader.skip(3);
  const colours = readColours(reader, head.profile);
  return reader.isExhausted ? undefined : { ...head, ...colours };
}

/** Level and tier of the first. */
function readOperatingPoints(reader: BitReader): { level: number; isHighTier: boolean } {
  let delayBits = 0;
  let hasDecoderModel = false;
  if (reader.flag()) {
    reader.skip(64);
    if (reader.flag()) reader.unsignedGolomb();
    hasDecoderModel = reader.flag();
    if (hasDecoderModel) {
      delayBits = reader.bits(5) + 1;
      reader.skip(42);
    }
  }
  const hasDisplayDelay = reader.flag();
  const count = reader.bits(5) + 1;
  let first = { level: 0, isHighTier: false };
  for (let point = 0; point < count && !reader.isExhausted; point += 1) {
    reader.skip(12);
    const level = reader.bits(5);
    const isHighTier = level > 7 && reader.flag();
    if (point === 0) first = { level, isHighTier };
    if (hasDecoderModel && reader.flag()) reader.skip(2 * delayBits + 1);
    if (hasDisplayDelay && reader.flag()) reader.skip(4);
  }
  return first;
}

function skipTools(reader: BitReader): void {
  reader.skip(4);
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2);
  const choosesScreenContent = reader.flag();
  const screenContent = choosesScreenContent ? SELECT : reader.bit();
  if (screenContent > 0 && !reader.flag()) reader.skip(1);
  if (hasOrderHint) reader.skip(3);
}

/** Section 5.5.2. */
function readColours(reader: BitReader, profile: number) {
  const isHighDepth = reader.flag();
  const bitDepth: 8 | 10 | 12 = !isHighDepth ? 8 : profile === 2 && reader.flag() ? 12 : 10;
  const isMonochrome = profile !== 1 && reader.flag();
  const isDescribed = reader.flag();
  const [primaries, transfer, matrix] = isDescribed
    ? [reader.bits(8), reader.bits(8), reader.bits(8)]
    : [SELECT, SELECT, SELECT];
  const shared = { bitDepth, isMonochrome };
  if (isMonochrome) {
    reader.skip(1);
    return { ...shared, subsamplingX: 1, subsamplingY: 1, chromaPosition: 0 } as const;
  }
  const isSrgb = primaries === SRGB.primaries && transfer === SRGB.transfer && matrix === SRGB.matrix;
  if (isSrgb) return { ...shared, subsamplingX: 0, subsamplingY: 0, chromaPosition: 0 } as const;
  reader.skip(1);
  const { subsamplingX, subsamplingY } = readSubsampling(reader, profile, bitDepth);
  const chromaPosition = subsamplingX === 1 && subsamplingY === 1 ? reader.bits(2) : 0;
  return { ...shared, subsamplingX, subsamplingY, chromaPosition };
}

function readSubsampling(
  reader: BitReader,
  profile: number,
  bitDepth: number,
): { subsamplingX: 0 | 1; subsamplingY: 0 | 1 } {
  if (profile === 0) return { subsamplingX: 1, subsamplingY: 1 };
  if (profile === 1) return { subsamplingX: 0, subsamplingY: 0 };
  if (bitDepth !== 12) return { subsamplingX: 1, subsamplingY: 0 };
  const isHalfWide = reader.flag();
  return { subsamplingX: isHalfWide ? 1 : 0, subsamplingY: isHalfWide && reader.flag() ? 1 : 0 };
}
