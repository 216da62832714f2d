import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export const FIXTURES = ['plain.png', 'plain.jpg', 'lossy.webp', 'lossless.webp', 'alpha.webp'] as const;
export const SIZE = { width: 64, height: 48 };

export function fixture(name: (typeof FIXTURES)[number]): Uint8Array {
  return Uint8Array.from(readFileSync(join(import.meta.dirname, 'fixtures', name)));
}

/** What nobody may read in a picture that was taken in. */
export const SECRET = 'N 48.20849 E 16.37208';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

/** A TIFF directory that has an orientation, and the secret behind it. */
function exif(orientation: number): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 12 + 4);
  tiff.write('II*\0', 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x0112, 10);
  tiff.writeUInt16LE(3, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt16LE(orientation, 18);
  return Buffer.concat([tiff, bytesOf(SECRET)]);
}

function segment(marker: number, payload: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

/** A JPEG as a phone makes it: EXIF, XMP, a comment, a second picture at the end. */
export function tellingJpeg(orientation = 1): Uint8Array {
  const plain = fixture('plain.jpg');
  return Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, Buffer.concat([bytesOf('Exif\0\0'), exif(orientation)])),
    segment(0xe1, bytesOf(`http://ns.adobe.com/xap/1.0/\0${SECRET}`)),
    segment(0xed, bytesOf(`Photoshop 3.0\0${SECRET}`)),
    segment(0xfe, bytesOf(SECRET)),
    plain.subarray(2),
    bytesOf(SECRET),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([bytesOf(type), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

export function tellingPng(): Uint8Array {
  const plain = fixture('plain.png');
  const afterHeader = 8 + 12 + 13;
  return Buffer.concat([
    plain.subarray(0, afterHeader),
    ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'xxXx'].map((type) => pngChunk(type, bytesOf(SECRET))),
    plain.subarray(afterHeader),
    bytesOf(SECRET),
  ]);
}

function webpChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** With the header that EXIF and XMP want, which says that there is some. */
export function tellingWebp(name: 'lossy.webp' | 'lossless.webp' = 'lossy.webp'): Uint8Array {
  const canvas = Buffer.from([0x0c, 0, 0, 0, SIZE.width - 1, 0, 0, SIZE.height - 1, 0, 0]);
  const chunks = Buffer.concat([
    webpChunk('VP8X', canvas),
    fixture(name).subarray(12),
    webpChunk('EXIF', exif(1)),
    webpChunk('XMP ', bytesOf(SECRET)),
    webpChunk('NOTE', bytesOf(SECRET)),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(chunks.length + 4, 4);
  return Buffer.concat([head, chunks, bytesOf(SECRET)]);
}
