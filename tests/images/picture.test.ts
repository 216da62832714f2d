import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { readPicture } from '../../src/images/picture.ts';
import { mutatedBytes } from '../fuzz/mutated-bytes.ts';
import { ffmpeg, requireTool } from '../support/tools.ts';
import { FIXTURES, fixture, SECRET, SIZE, tellingJpeg, tellingPng, tellingWebp } from './pictures.ts';

const run = promisify(execFile);

/** The colours of all its pixels, as ffmpeg sees them. */
async function pixelsOf(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'freshet-picture-'));
  try {
    const path = join(folder, 'picture');
    await writeFile(path, bytes);
    const wanted = ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-'];
    const { stdout } = await run(requireTool(ffmpeg), ['-v', 'error', '-i', path, ...wanted], { encoding: 'hex' });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const has = (bytes: Uint8Array, text: string) => Buffer.from(bytes).includes(text, 0, 'latin1');

it.each(FIXTURES)('%s is known by its bytes, with its size, and stays as it is', (name) => {
  const bytes = fixture(name);
  const picture = readPicture(bytes);
  const extension = name.split('.')[1];
  expect(picture).toMatchObject({ ...SIZE, format: extension === 'jpg' ? 'jpeg' : extension });
});

test.each([
  ['a JPEG', fixture('plain.jpg'), tellingJpeg()],
  ['a PNG', fixture('plain.png'), tellingPng()],
  ['a lossy WebP', fixture('lossy.webp'), tellingWebp()],
  ['a lossless WebP', fixture('lossless.webp'), tellingWebp('lossless.webp')],
])('%s keeps its pixels, and nothing that tells of its maker', async (_, plain, telling) => {
  expect(has(telling, SECRET)).toBe(true);
  const picture = readPicture(telling);
  expect(picture).toMatchObject(SIZE);
  const bytes = picture?.bytes ?? new Uint8Array();
  for (const text of [SECRET, 'EXIF', 'XMP ', 'Exif', 'eXIf', 'tEXt', 'NOTE'])
    expect(has(bytes, text), text).toBe(false);
  expect(await pixelsOf(bytes)).toBe(await pixelsOf(plain));
  expect(readPicture(bytes)?.bytes).toEqual(bytes);
});

it.each([2, 3, 6, 8])('a JPEG that is to be turned (%i) still says so, and nothing else', (orientation) => {
  const { bytes } = readPicture(tellingJpeg(orientation)) ?? { bytes: new Uint8Array() };
  expect(has(bytes, 'Exif')).toBe(true);
  expect(has(bytes, SECRET)).toBe(false);
  const at = Buffer.from(bytes).indexOf('MM\0*', 0, 'latin1');
  expect(Buffer.from(bytes).readUInt16BE(at + 18)).toBe(orientation);
  expect(readPicture(bytes)?.bytes).toEqual(bytes);
});

it.each(FIXTURES)('%s that is cut short anywhere is none', (name) => {
  const bytes = fixture(name);
  for (let end = 0; end < bytes.length; end += 1) expect(readPicture(bytes.subarray(0, end)), `${end}`).toBeUndefined();
});

it('nothing else is a picture', () => {
  for (const text of ['', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'GIF89a', '<html>', '\x89PNG\r\n\x1a\n']) {
    expect(readPicture(Buffer.from(text, 'latin1')), text).toBeUndefined();
  }
});

it('a WebP whose header promises another size than it has is none', () => {
  const bytes = tellingWebp();
  bytes[24] = 15;
  expect(readPicture(bytes)).toBeUndefined();
});

it('mangled bytes neither throw nor let anything through that was to be left out', () => {
  const corpus = [...FIXTURES.map(fixture), tellingJpeg(6), tellingPng(), tellingWebp()];
  fc.assert(
    fc.property(mutatedBytes(corpus, { maxLength: 8_000 }), (bytes) => {
      const picture = readPicture(bytes);
      if (picture) expect(readPicture(picture.bytes)).toEqual({ ...picture });
    }),
    { numRuns: 3_000 },
  );
});
