import { describe, expect, test } from 'vitest';
import type { Layer } from '#src/media/layer.ts';
import { TOP } from '#src/media/layer-facts.ts';
import { nextPoint } from '#src/media/next-point.ts';
import type { Packet } from '#src/media/packet.ts';
import { input, makeLayer, pushed, sequenceStarts, vp8Payload, vp9Payload } from './packets.ts';

const TEMPORAL_PATTERN = [0, 2, 1, 2];

/** Picture `index` of a VP8 stream of three temporal layers, of one packet. */
function pushVp8(layer: Layer, start: number, index: number, pictureIdStart = 0): Packet {
  const temporalId = TEMPORAL_PATTERN[index % 4] ?? 0;
  const payload = vp8Payload({
    pictureId: (pictureIdStart + index) & 0x7fff,
    tl0PicIdx: (index >> 2) & 0xff,
    isKey: index === 0,
    temporalId,
    isSync: temporalId > 0,
  });
  return pushed(
    layer,
    input(start + index, { codec: 'vp8', payload, timestamp: index * 3000, marker: true }),
    index * 33,
  );
}

function pushVp9(layer: Layer, seq: number, spatialId: number, options: { isEnd?: boolean; marker?: boolean } = {}) {
  const payload = vp9Payload({ spatialId, temporalId: 0, ...options });
  return pushed(layer, input(seq, { codec: 'vp9', payload, timestamp: 7, marker: options.marker ?? false }));
}

describe.each(sequenceStarts)('a VP8 stream whose sequence begins at %i, up to its middle temporal layer', (start) => {
  test.each([0, 127, 32_760])('has numbers and picture ids (from %i) without holes', (pictureIdStart) => {
    const layer = makeLayer();
    const point = layer.points.at(TOP, 1);
    const packets = Array.from({ length: 40 }, (_, index) => pushVp8(layer, start, index, pictureIdStart));
    const taken = packets.map((packet) => point.take(packet)).filter((packet) => packet !== undefined);
    expect(taken.map(({ layering }) => layering?.temporalId)).toEqual(Array.from({ length: 20 }, (_, i) => i % 2));
    const [first] = packets;
    expect(taken.map(({ extSeq }) => extSeq - (first?.extSeq ?? 0))).toEqual(taken.map((_, index) => index));
    expect(taken.map(({ vp8 }) => vp8?.pictureId)).toEqual(taken.map((_, i) => (pictureIdStart + i) & 0x7fff));
    for (const packet of taken) expect(point.get(packet.extSeq)).toEqual(packet);
  });

  test('keeps the place of what has not come, and fills it where that turns out to be left out', () => {
    const layer = makeLayer();
    const point = layer.points.at(TOP, 0);
    const late = [2, 4];
    const order = [0, 1, 3, 5, 6, 7, 8, ...late];
    const taken = new Map(order.map((index) => [index, point.take(pushVp8(layer, start, index))]));
    const base = taken.get(0)?.extSeq ?? 0;
    const numbers = [...taken].map(([index, packet]) => [index, packet && packet.extSeq - base, packet?.length]);
    const whole = taken.get(0)?.length;
    expect(numbers).toEqual([
      [0, 0, whole],
      [1, undefined, undefined],
      [3, undefined, undefined],
      [5, undefined, undefined],
      [6, undefined, undefined],
      [7, undefined, undefined],
      [8, 3, whole],
      // Of the middle layer, but its place was kept.
      [2, 1, 0],
      [4, 2, whole],
    ]);
  });
});

test('a point begun in the middle of a stream knows what came before', () => {
  const layer = makeLayer();
  const packets = Array.from({ length: 20 }, (_, index) => pushVp8(layer, 0, index));
  const [first, last] = [packets[4], packets[16]];
  if (!first || !last) throw new Error('no packets');
  const point = layer.points.at(TOP, 0);
  const [after, before] = [point.take(last), point.take(first)];
  expect((after?.extSeq ?? 0) - (before?.extSeq ?? 0)).toBe(3);
});

test('a VP9 picture ends with the highest spatial layer that is left of it', () => {
  const layer = makeLayer();
  const packets = [
    pushVp9(layer, 1, 0),
    pushVp9(layer, 2, 1, { isEnd: false }),
    pushVp9(layer, 3, 1),
    pushVp9(layer, 4, 2, { marker: true }),
  ];
  const markersAt = (spatialId: number) =>
    packets.map((packet) => layer.points.at(spatialId, TOP).take(packet)?.marker ?? 'left out');
  expect(markersAt(0)).toEqual([true, 'left out', 'left out', 'left out']);
  expect(markersAt(1)).toEqual([false, false, true, 'left out']);
  expect(markersAt(TOP)).toEqual([false, false, false, true]);
});

describe('a viewer of one point comes to another', () => {
  const layer = makeLayer();
  const at = (spatialId: number, temporalId: number) => layer.points.at(spatialId, temporalId);
  const whole = layer.points.whole;
  const picture = pushVp8(layer, 0, 1);
  const packet = (change: Partial<Packet>, facts: Partial<Packet['layering']> = {}): Packet => {
    const plain = { spatialId: 0, temporalId: 0, isLayerStart: false, isLayerEnd: false, riseFrom: 0, riseTo: 0 };
    return { ...picture, isFrameStart: true, isGroupStart: false, layering: { ...plain, ...facts }, ...change };
  };

  test('with any picture when that is less of it, but not in the middle of one', () => {
    expect(nextPoint(whole, at(TOP, 0), packet({}))).toBe(at(TOP, 0));
    expect(nextPoint(whole, at(1, 1), packet({}))).toBe(at(1, 1));
    expect(nextPoint(whole, at(TOP, 0), packet({ isFrameStart: false }))).toBe(whole);
  });

  test('with a keyframe in any case', () => {
    expect(nextPoint(at(0, 0), whole, packet({ isGroupStart: true }))).toBe(whole);
    expect(nextPoint(at(1, 2), at(TOP, 0), packet({ isGroupStart: true }))).toBe(at(TOP, 0));
  });

  test('with more spatial layers at nothing but a keyframe', () => {
    expect(nextPoint(at(0, TOP), whole, packet({}, { riseTo: TOP }))).toBe(at(0, TOP));
  });

  test('with more temporal layers where the picture allows it', () => {
    expect(nextPoint(at(TOP, 0), whole, packet({}))).toBe(at(TOP, 0));
    expect(nextPoint(at(TOP, 0), whole, packet({}, { riseTo: 1 }))).toBe(at(TOP, 1));
    expect(nextPoint(at(TOP, 0), whole, packet({}, { riseFrom: 1, riseTo: 2 }))).toBe(at(TOP, 0));
    expect(nextPoint(at(TOP, 1), whole, packet({}, { riseFrom: 1, riseTo: 2 }))).toBe(whole);
    expect(nextPoint(at(TOP, 0), at(TOP, 1), packet({}, { riseTo: TOP }))).toBe(at(TOP, 1));
  });
});
