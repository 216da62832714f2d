/** What a depacketiser can tell from one payload, as bits, so that looking costs no allocation. */

/** The first packet of a picture, as far as the payload alone tells. */
export const frameStartBit = 1;
/** The first packet of a picture that a decoder can start from, with its parameter sets. */
export const groupStartBit = 2;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

// Larger than any real picture; a parser that read rubbish shows it by such numbers.
const maxEdge = 16384;

export function pictureSize(width: number, height: number): PictureSize | undefined {
  const isSane = width > 0 && height > 0 && width <= maxEdge && height <= maxEdge;
  return isSane ? { width, height } : undefined;
}
