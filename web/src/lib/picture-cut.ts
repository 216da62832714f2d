export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which part of a picture is drawn, and how large. */
export interface Cut extends Size {
  readonly from: Size & { readonly x: number; readonly y: number };
}

/** The whole picture within these bounds, never larger than it is. */
export function within({ width, height }: Size, bounds: Size): Cut {
  const scale = Math.min(1, bounds.width / width, bounds.height / height);
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height), from: { x: 0, y: 0, width, height } };
}

/** The square in its middle. */
export function squareOf({ width, height }: Size, mostPixels: number): Cut {
  const side = Math.min(width, height);
  const drawn = Math.min(side, mostPixels);
  return {
    width: drawn,
    height: drawn,
    from: { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side },
  };
}
