/** Where everything lies on the picture that is sent. Numbers in, boxes out: in points of the picture. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** The camera within the screen: `x` and `y` are shares (0 to 1) of the room it has, `size` a share of the width. */
export interface Inset {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export const INSET_SIZES = { small: 0.18, medium: 0.25, large: 0.36 } as const;
export const CORNERS = {
  topLeft: { x: 0, y: 0 },
  topRight: { x: 1, y: 0 },
  bottomLeft: { x: 0, y: 1 },
  bottomRight: { x: 1, y: 1 },
} as const;
export type Corner = keyof typeof CORNERS;

export const DEFAULT_INSET: Inset = { ...CORNERS.bottomRight, size: INSET_SIZES.medium };

const SMALLEST = 0.12;
const LARGEST = 0.5;
/** Between the inset and the edge, as a share of the width. */
const MARGIN = 0.02;
/** Nearer to an edge than this, it goes there. */
const SNAPS_WITHIN = 0.06;

/** Even, as encoders want it. */
export function canvasSize(shortSide: number, isUpright: boolean): Size {
  const long = 2 * Math.round((shortSide * 16) / 18);
  return isUpright ? { width: shortSide, height: long } : { width: long, height: shortSide };
}

/** The whole of `content` in the middle of `room`, with bars where the shapes differ. */
export function contained(content: Size, room: Size): Box {
  const scale = Math.min(room.width / content.width, room.height / content.height);
  return centred({ width: content.width * scale, height: content.height * scale }, room);
}

/** The middle of `content` that has the shape of `frame`: what to cut out of it. */
export function cutTo(content: Size, frame: Size): Box {
  const scale = Math.min(content.width / frame.width, content.height / frame.height);
  return centred({ width: frame.width * scale, height: frame.height * scale }, content);
}

/** A camera held upright is shown square, so that it does not cover half of the screen. */
export function insetBox(inset: Inset, canvas: Size, camera: Size): Box {
  const width = inset.size * canvas.width;
  const height = width * Math.min(1, camera.height / camera.width);
  const margin = MARGIN * canvas.width;
  return {
    x: margin + inset.x * (canvas.width - 2 * margin - width),
    y: margin + inset.y * (canvas.height - 2 * margin - height),
    width,
    height,
  };
}

/** The inset whose box begins at `corner`, or as near to it as there is room. */
export function insetAt(corner: Pick<Box, 'x' | 'y'>, size: number, canvas: Size, camera: Size): Inset {
  const { width, height } = insetBox({ x: 0, y: 0, size }, canvas, camera);
  const margin = MARGIN * canvas.width;
  const share = (at: number, room: number) => snapped(clamp((at - margin) / Math.max(1, room), 0, 1));
  return {
    x: share(corner.x, canvas.width - 2 * margin - width),
    y: share(corner.y, canvas.height - 2 * margin - height),
    size,
  };
}

export function movedBy(inset: Inset, dx: number, dy: number): Inset {
  return { ...inset, x: clamp(inset.x + dx, 0, 1), y: clamp(inset.y + dy, 0, 1) };
}

export function resizedBy(inset: Inset, change: number): Inset {
  return { ...inset, size: clamp(inset.size + change, SMALLEST, LARGEST) };
}

export function cornerOf({ x, y }: Inset): Corner | undefined {
  return (Object.keys(CORNERS) as Corner[]).find((name) => CORNERS[name].x === x && CORNERS[name].y === y);
}

/** Of whatever was remembered; `undefined` where it makes no sense. */
export function insetFrom(kept: unknown): Inset | undefined {
  if (typeof kept !== 'object' || kept === null || !('x' in kept && 'y' in kept && 'size' in kept)) return undefined;
  const { x, y, size } = kept;
  if (typeof x !== 'number' || typeof y !== 'number' || typeof size !== 'number') return undefined;
  return { x: clamp(x, 0, 1), y: clamp(y, 0, 1), size: clamp(size, SMALLEST, LARGEST) };
}

function centred({ width, height }: Size, room: Size): Box {
  return { x: (room.width - width) / 2, y: (room.height - height) / 2, width, height };
}

function snapped(share: number): number {
  const edge = Math.round(share);
  return Math.abs(share - edge) <= SNAPS_WITHIN ? edge : share;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
