import { describe, expect, test } from 'vitest';
import { type LayerTraits, type LayerWish, permitted } from '#src/media/layer-wish.ts';

const low = { rid: 'l', width: 320, height: 180 };
const mid = { rid: 'm', width: 640, height: 360 };
const top = { rid: 'h', width: 1280, height: 720 };
const simulcast = [low, mid, top];
const scalable = [
  { rid: '', spatialLayerId: 0, temporalLayerId: 0, height: 360 },
  { rid: '', spatialLayerId: 0, temporalLayerId: 1, height: 360 },
  { rid: '', spatialLayerId: 1, temporalLayerId: 0, height: 720 },
  { rid: '', spatialLayerId: 1, temporalLayerId: 1, height: 720 },
];

function of(ladder: readonly LayerTraits[], wish: LayerWish) {
  const { ladder: left, outcome } = permitted(ladder, wish);
  return [outcome, left.map((layer) => ladder.indexOf(layer))];
}

describe('of three encodings', () => {
  test.each<[string, LayerWish, unknown]>([
    ['no wish leaves all', {}, ['whole', [0, 1, 2]]],
    ['a wish for one leaves that one', { rid: 'm' }, ['pinned', [1]]],
    ['a wish for one that is not sent leaves all', { rid: 'x' }, ['absent', [0, 1, 2]]],
    ['a largest height leaves what is not above it', { maxHeight: 360 }, ['capped', [0, 1]]],
    ['a largest height between two rounds down', { maxHeight: 500 }, ['capped', [0, 1]]],
    ['a largest width does the same', { maxWidth: 320 }, ['capped', [0]]],
    ['a limit above all takes nothing away', { maxHeight: 1080, maxWidth: 1920 }, ['whole', [0, 1, 2]]],
    ['a limit below all leaves the least', { maxHeight: 100 }, ['capped', [0]]],
    ['one that is not sent leaves what is within the limits', { rid: 'x', maxHeight: 360 }, ['absent', [0, 1]]],
    ['one that is above the limits counts as not sent', { rid: 'h', maxHeight: 360 }, ['absent', [0, 1]]],
    ['one not sent and limits below all leave the least', { rid: 'x', maxHeight: 100 }, ['absent', [0]]],
    ['number 0 is what an encoding without parts has', { spatialLayerId: 0 }, ['pinned', [0, 1, 2]]],
    ['another number is not there', { temporalLayerId: 1 }, ['absent', [0, 1, 2]]],
  ])('%s', (_, wish, expected) => {
    expect(of(simulcast, wish)).toEqual(expected);
  });

  test('one whose size is not known yet is within any limit', () => {
    expect(of([low, { rid: 'm' }, top], { maxHeight: 360 })).toEqual(['capped', [0, 1]]);
  });
});

describe('of a scalable encoding', () => {
  test.each<[string, LayerWish, unknown]>([
    ['a spatial layer leaves its temporal ones', { spatialLayerId: 0 }, ['pinned', [0, 1]]],
    ['both numbers leave one', { spatialLayerId: 1, temporalLayerId: 0 }, ['pinned', [2]]],
    ['the highest temporal one limits each spatial one', { maxTemporalLayerId: 0 }, ['capped', [0, 2]]],
    ['the highest spatial one limits', { maxSpatialLayerId: 0, maxTemporalLayerId: 5 }, ['capped', [0, 1]]],
    ['a layer that is not there leaves all', { spatialLayerId: 2 }, ['absent', [0, 1, 2, 3]]],
  ])('%s', (_, wish, expected) => {
    expect(of(scalable, wish)).toEqual(expected);
  });
});

test('nothing is left of nothing', () => {
  expect(permitted([], { rid: 'h', maxHeight: 1 }).ladder).toEqual([]);
  expect(permitted([], {}).ladder).toEqual([]);
});
