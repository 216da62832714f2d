import { describe, expect, test } from 'vitest';
import type { Layer } from '#src/media/layer.ts';
import { TOP } from '#src/media/layer-facts.ts';
import type { Packet } from '#src/media/packet.ts';
import { obuRuns } from './codecs/obus.ts';
import { input, makeLayer, payloadOf, pushed, sequenceStarts } from './packets.ts';

interface Part {
  readonly spatialId: number;
  readonly temporalId?: number;
  readonly isStart?: boolean;
  readonly isEnd?: boolean;
  readonly marker?: boolean;
  readonly isKey?: boolean;
}

/** One packet of a layer of a picture, as its payload and descriptor tell it; `id` makes its bytes its own. */
function av1Input(seq: number, timestamp: number, id: number, part: Part) {
  const { spatialId, temporalId = 0, isStart = true, isEnd = true, marker = false, isKey = false } = part;
  const key = isKey ? [0x28, 3, 0x0c, 0x00, 0x01] : [0x10];
  const [header = 0, ...sequence] = key;
  const joints = (isStart ? 0 : 0x80) | (isEnd ? 0 : 0x40);
  const payload = Uint8Array.of(header | joints, ...sequence, 0x34, spatialId << 3, id);
  const layering = { spatialId, temporalId, isLayerStart: isStart, isLayerEnd: isEnd, riseFrom: 0, riseTo: 0 };
  return input(seq, { codec: 'av1', payload, timestamp, marker, layering });
}

/** A picture of two spatial layers, the upper one of two packets. */
const PICTURE: readonly Part[] = [
  { spatialId: 0 },
  { spatialId: 1, isEnd: false },
  { spatialId: 1, isStart: false, marker: true },
];

function pushPicture(layer: Layer, start: number, index: number, order = [0, 1, 2]): Packet[] {
  const packets = new Map<number, Packet>();
  for (const at of order) {
    const part = { ...(PICTURE[at] ?? { spatialId: 0 }), isKey: index === 0 && at === 0 };
    packets.set(at, pushed(layer, av1Input(start + index * 3 + at, index * 3000, index * 3 + at, part)));
  }
  return [0, 1, 2].flatMap((at) => packets.get(at) ?? []);
}

describe.each(sequenceStarts)('AV1 in two spatial layers whose sequence begins at %i', (start) => {
  test.each([
    ['in order', [0, 1, 2]],
    ['with the base layer late', [1, 2, 0]],
    ['with the upper layer turned round', [0, 2, 1]],
  ])('is one run of OBUs a picture, %s, to whoever gets both', (_what, order) => {
    const layer = makeLayer();
    const first = pushPicture(layer, start, 0);
    const second = pushPicture(layer, start, 1, order);
    const runs = obuRuns([...first, ...second].map(payloadOf));
    expect(runs.map((run) => run.length)).toEqual([3, 2]);
    expect(second.map(({ marker }) => marker)).toEqual([false, false, true]);
  });

  test('is the base layer alone, with the end of a picture, to whoever gets no more', () => {
    const layer = makeLayer();
    const packets = [...pushPicture(layer, start, 0), ...pushPicture(layer, start, 1)];
    const base = packets.map((packet) => layer.points.at(0, TOP).take(packet)).filter((packet) => packet !== undefined);
    expect(base.map(({ marker }) => marker)).toEqual([true, true]);
    expect(obuRuns(base.map(payloadOf)).map((run) => run.length)).toEqual([2, 1]);
    for (const packet of base) expect(layer.points.at(0, TOP).get(packet.extSeq)).toEqual(packet);
  });
});

test('a picture that has no lower layers begins with its own', () => {
  const layer = makeLayer();
  pushPicture(layer, 0, 0);
  const alone = pushed(layer, av1Input(3, 3000, 3, { spatialId: 1, marker: true }));
  expect(obuRuns([payloadOf(alone)])).toHaveLength(1);
});

test('what another thread was told is kept in the same form', () => {
  const [here, there] = [makeLayer(), makeLayer()];
  for (const packet of [...pushPicture(here, 0, 0), ...pushPicture(here, 0, 1)]) {
    const { timestamp, marker, codec, extSeq, epoch, layering } = packet;
    const told = input(extSeq, { payload: payloadOf(packet), timestamp, marker, codec, layering });
    const copy = there.replicate(told, { extSeq, epoch }, 0);
    if (!copy) throw new Error('it was not taken');
    expect(payloadOf(copy)).toEqual(payloadOf(packet));
    const [base, baseCopy] = [here, there].map((layer, at) => layer.points.at(0, TOP).take(at === 0 ? packet : copy));
    expect(baseCopy && payloadOf(baseCopy)).toEqual(base && payloadOf(base));
  }
});

test('a group begins with its base layer, also where upper layers have sequence headers of their own', () => {
  const layer = makeLayer();
  const late = pushed(layer, av1Input(1, 0, 1, { spatialId: 1, marker: true, isKey: true }));
  expect(late.isGroupStart).toBe(false);
  expect(layer.groupStart()).toBe(undefined);
  const base = pushed(layer, av1Input(0, 0, 0, { spatialId: 0, isKey: true }));
  expect(layer.groupStart()).toBe(base.extSeq);
});

test('where the layers of a picture are of different temporal layers, upper ones are offered with all of these', () => {
  const layer = makeLayer();
  for (let index = 0; index < 60; index += 1) {
    const temporalId = index % 2;
    const parts = [
      { spatialId: 0, temporalId },
      { spatialId: 1, temporalId: 1 - temporalId, marker: true },
    ];
    for (const [at, part] of parts.entries()) {
      pushed(layer, av1Input(index * 2 + at, index * 3000, 0, { ...part, isKey: index + at === 0 }), index * 33);
    }
  }
  const offers = layer.points.offers(1980);
  expect(offers.map(({ spatialLayerId, temporalLayerId }) => [spatialLayerId, temporalLayerId])).toEqual([
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
});
