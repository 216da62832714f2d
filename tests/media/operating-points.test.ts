import { expect, test } from 'vitest';
import type { Layer } from '#src/media/layer.ts';
import { TOP } from '#src/media/layer-facts.ts';
import { input, makeLayer, pushed, vp8Payload, vp9Payload } from './packets.ts';

/** Three seconds of VP8 in three temporal layers, a packet a picture. */
function temporalLayers(layer: Layer, framesPerSecond: number): number {
  const pictures = framesPerSecond * 3;
  for (let index = 0; index < pictures; index += 1) {
    const temporalId = [0, 2, 1, 2][index % 4] ?? 0;
    const payload = vp8Payload({ pictureId: index, tl0PicIdx: index >> 2, isKey: index === 0, temporalId });
    pushed(layer, input(index, { codec: 'vp8', payload, timestamp: index * 3000 }), (index * 1000) / framesPerSecond);
  }
  return 3000;
}

const summary = (layer: Layer, nowMs: number) =>
  layer.points
    .offers(nowMs)
    .map(
      ({ spatialLayerId, temporalLayerId, isChoppy }) =>
        `${spatialLayerId}${temporalLayerId}${isChoppy ? ' choppy' : ''}`,
    );

test('a layer that is not divided is offered as a whole', () => {
  const layer = makeLayer({ rid: 'h' });
  pushed(layer, input(0), 0);
  expect(layer.points.offers(10)).toMatchObject([{ layer: layer.points.whole, rid: 'h', temporalLayerId: 0 }]);
});

test('temporal layers are offered one upon the other, with what they take together', () => {
  const layer = makeLayer();
  const nowMs = temporalLayers(layer, 40);
  const offers = layer.points.offers(nowMs);
  expect(offers.map((offer) => offer.layer)).toEqual([
    layer.points.at(TOP, 0),
    layer.points.at(TOP, 1),
    layer.points.whole,
  ]);
  const [base = 0, middle = 0, whole = 0] = offers.map(({ bitrateBps }) => bitrateBps);
  expect([base / whole, middle / whole].map((share) => Math.round(share * 20) / 20)).toEqual([0.25, 0.5]);
});

test('what would be a row of stills is marked', () => {
  const slow = makeLayer();
  expect(summary(slow, temporalLayers(slow, 30))).toEqual(['00 choppy', '01', '02']);
  const quick = makeLayer();
  expect(summary(quick, temporalLayers(quick, 60))).toEqual(['00', '01', '02']);
});

test('spatial layers are offered with their sizes, and no longer when they are not sent any more', () => {
  const layer = makeLayer();
  for (let index = 0; index < 60; index += 1) {
    for (const spatialId of [0, 1, 2]) {
      const payload = vp9Payload({ spatialId, temporalId: 0 });
      pushed(layer, input(index * 3 + spatialId, { codec: 'vp9', payload, timestamp: index * 3000 }), index * 33);
    }
  }
  expect(summary(layer, 1980)).toEqual(['00', '10', '20']);
  for (let index = 180; index < 300; index += 1) {
    const payload = vp9Payload({ spatialId: 0, temporalId: 0 });
    pushed(layer, input(index, { codec: 'vp9', payload, timestamp: index * 3000 }), index * 33);
  }
  expect(summary(layer, 300 * 33)).toEqual(['00']);
});

test('the same layers are the same point', () => {
  const layer = makeLayer();
  expect(layer.points.at(1, 2)).toBe(layer.points.at(1, 2));
  expect(layer.points.at(TOP, TOP)).toBe(layer.points.whole);
});
