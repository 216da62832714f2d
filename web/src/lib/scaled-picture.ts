import type { Cut, Size } from './picture-cut.ts';
import { words } from './words/words.ts';

const QUALITY = 0.85;

/** Drawn anew, as WebP, or as JPEG where the browser writes none: nothing but pixels is left. Throws for what is no picture. */
export async function scaledPicture(file: Blob, cutOf: (size: Size) => Cut): Promise<Blob> {
  const picture = await createImageBitmap(file).catch((cause: unknown) => {
    throw new Error(words.dashboard.pictures.unreadable, { cause });
  });
  try {
    const { from, width, height } = cutOf(picture);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    if (context) context.imageSmoothingQuality = 'high';
    context?.drawImage(picture, from.x, from.y, from.width, from.height, 0, 0, width, height);
    const webp = await encoded(canvas, 'image/webp');
    return webp.type === 'image/webp' ? webp : await encoded(canvas, 'image/jpeg');
  } finally {
    picture.close();
  }
}

function encoded(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const take = (blob: Blob | null) => (blob ? resolve(blob) : reject(new Error(words.dashboard.pictures.unwritable)));
    canvas.toBlob(take, type, QUALITY);
  });
}
