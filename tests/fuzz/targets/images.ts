import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPicture } from '../../../src/images/picture.ts';
import { FIXTURES, fixture, tellingJpeg, tellingPng, tellingWebp } from '../../images/pictures.ts';
import { mutatedBytes } from '../mutated-bytes.ts';
import { bounded, type FuzzTarget } from '../target.ts';

const corpus = [...FIXTURES.map(fixture), tellingJpeg(6), tellingPng(), tellingWebp()];

const readsPicture = bounded((bytes: Uint8Array) => {
  const picture = readPicture(bytes);
  if (!picture) return;
  // An orientation may be said anew, and that is all that can be added.
  assert(picture.bytes.length <= bytes.length + 36);
  assert.deepEqual(readPicture(picture.bytes), picture);
});

export const imageTargets: readonly FuzzTarget[] = [
  {
    name: 'pictures',
    property: fc.property(mutatedBytes(corpus, { maxLength: 8_000 }), readsPicture),
    runsASecond: 3_000,
  },
];
