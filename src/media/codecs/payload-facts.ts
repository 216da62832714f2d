/** What a depacketiser can tell from one payload, as bits, so that looking costs no allocation. */

/** The first packet of a picture, as far as the payload alone tells. */
export const FRAME_START_BIT = 1;
/** The first packet of a picture that a decoder can start from, with its parameter sets. */
export const GROUP_START_BIT = 2;

/** Part of a picture that is shown before one that was sent earlier. */
export const B_PICTURE_BIT = 4;

/** Sound that is nothing but zeros. */
export const SILENCE_BIT = 8;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

// Larger than any real picture; a parser that read rubbish shows it by such numbers.
const MAX_EDGE = 16384;

export function pictureSize(width: number, height: number): PictureSize | undefined {
  const isSane = width > 0 && height > 0 && width <= MAX_EDGE && height <= MAX_EDGE;
  return isSane ? { width, height } : undefined;
}
