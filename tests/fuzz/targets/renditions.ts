import assert from 'node:assert/strict';
import fc from 'fast-check';
import { av1Payloads } from '../../../src/media/codecs/av1-packets.ts';
import { IvfError } from '../../../src/media/ivf.ts';
import { ForeignTime, RenditionLayer } from '../../../src/media/rendition-layer.ts';
import { makeCache } from '../../media/packets.ts';
import { ivfFrame, ivfHeader, realUnits } from '../../support/ivf.ts';
import { mutatedBytes } from '../mutated-bytes.ts';
import { bounded, type FuzzTarget } from '../target.ts';

const NOW_MS = 100_000;
const MAX_BYTES = 1_150;
const units = realUnits().map((unit) => Buffer.from(unit));
const file = Buffer.concat([ivfHeader(), ...units.slice(0, 3).map((unit, at) => ivfFrame(at * 40, unit))]);

/** What a transcoder sends, in two pieces: packets, or a word that it is none. */
const takesIvf = bounded((bytes: Uint8Array) => {
  const rendition = new RenditionLayer({ name: 'x', cache: makeCache(), originMs: NOW_MS - 500, firstSeq: 65_535 });
  const half = bytes.length >> 1;
  try {
    for (const piece of [bytes.subarray(0, half), bytes.subarray(half)]) {
      for (const { length } of rendition.push(piece, NOW_MS)) assert(length <= MAX_BYTES);
    }
  } catch (error) {
    assert(error instanceof IvfError || error instanceof ForeignTime);
  }
});

const cutsPictures = bounded((unit: Uint8Array) => {
  const payloads = av1Payloads(unit, MAX_BYTES);
  const bytes = payloads.reduce((sum, { length }) => sum + length, 0);
  assert(payloads.every(({ length }) => length > 1 && length <= MAX_BYTES));
  assert(bytes <= unit.length + 4 * payloads.length);
});

export const renditionTargets: readonly FuzzTarget[] = [
  { name: 'IVF', property: fc.property(mutatedBytes([file], { maxLength: 8_000 }), takesIvf), runsASecond: 2_000 },
  { name: 'AV1', property: fc.property(mutatedBytes(units, { maxLength: 8_000 }), cutsPictures), runsASecond: 3_000 },
];
