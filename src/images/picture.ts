import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

/** A picture as it may be kept and shown: what says how it looks, and nothing that says where, when or by whom it was made. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export type PictureFormat = 'png' | 'jpeg' | 'webp';

const READERS: readonly (readonly [PictureFormat, (bytes: Uint8Array) => Picture | undefined])[] = [
  ['png', readPng],
  ['jpeg', readJpeg],
  ['webp', readWebp],
];

/** Known by its bytes, whatever anybody says that it is. `undefined` for what is no whole picture of a known format. */
export function readPicture(bytes: Uint8Array): (Picture & { readonly format: PictureFormat }) | undefined {
  for (const [format, read] of READERS) {
    const picture = read(bytes);
    if (picture) return { ...picture, format };
  }
  return undefined;
}
