import { type Box, contained, cutTo, type Inset, insetBox, type Size } from '../scene-layout.ts';

/** What is to be drawn. */
export interface Picture {
  readonly scene: 'both' | 'image';
  readonly size: Size;
  readonly inset: Inset;
  readonly frameRate: number;
}

/** Something to draw, and how large it is. */
export interface Drawable extends Size {
  readonly source: CanvasImageSource;
}

export interface Drawables {
  readonly camera?: Drawable | undefined;
  readonly screen?: Drawable | undefined;
  readonly image?: Drawable | undefined;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const ROUND = 0.06;
/** Of the picture's width: a line that sets the camera off from whatever is behind it. */
const RIM = 0.002;

export function draw(context: Context, { scene, size, inset }: Picture, { camera, screen, image }: Drawables): void {
  context.fillStyle = '#000';
  context.fillRect(0, 0, size.width, size.height);
  if (scene === 'image') {
    if (image) drawWhole(context, image, size);
    return;
  }
  if (screen) drawWhole(context, screen, size);
  if (camera) drawInset(context, camera, insetBox(inset, size, camera), RIM * size.width);
}

function drawWhole(context: Context, drawable: Drawable, size: Size): void {
  const { x, y, width, height } = contained(drawable, size);
  context.drawImage(drawable.source, x, y, width, height);
}

function drawInset(context: Context, camera: Drawable, box: Box, rim: number): void {
  const cut = cutTo(camera, box);
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, ROUND * box.width);
  context.clip();
  context.drawImage(camera.source, cut.x, cut.y, cut.width, cut.height, box.x, box.y, box.width, box.height);
  context.restore();
  context.strokeStyle = 'rgb(255 255 255 / 0.8)';
  context.lineWidth = rim;
  context.stroke();
}
