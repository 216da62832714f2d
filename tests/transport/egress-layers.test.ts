import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Layer } from '../../src/media/layer.ts';
import { TOP } from '../../src/media/layer-facts.ts';
import type { OperatingPoint } from '../../src/media/operating-point.ts';
import type { Packet } from '../../src/media/packet.ts';
import { MediaMemory } from '../../src/transport/media-memory.ts';
import { input, makeLayer, pushed, sequenceStarts, vp8Payload, vp9Payload } from '../media/packets.ts';
import { batch, type Received, RTX_SSRC, SSRC, Viewer } from './receiving-viewer.ts';

// Eight pictures of three temporal layers. Those that are no sync need the picture before of their own layer or below.
const PATTERN = [
  { temporalId: 0, isSync: false },
  { temporalId: 2, isSync: true },
  { temporalId: 1, isSync: true },
  { temporalId: 2, isSync: false },
  { temporalId: 0, isSync: false },
  { temporalId: 2, isSync: true },
  { temporalId: 1, isSync: false },
  { temporalId: 2, isSync: false },
];

let memory: MediaMemory;
const newLayer = (rid = '') => makeLayer({ rid, cache: memory.createCache('video') });

/** A VP8 stream; each packet's last byte but one tells its picture, the last one its place in it. */
class Vp8Source {
  readonly layer: Layer;
  pictures = 0;
  #seq: number;
  readonly #pictureId: number;

  constructor(layer: Layer, seq: number, pictureId: number) {
    this.layer = layer;
    this.#seq = seq;
    this.#pictureId = pictureId;
  }

  picture(packets: number, isKey = false): Packet[] {
    const index = this.pictures;
    this.pictures += 1;
    const layering = isKey ? { temporalId: 0 } : (PATTERN[index % 8] ?? { temporalId: 0 });
    return Array.from({ length: packets }, (_, part) => {
      const pictureId = (this.#pictureId + index) & 0x7fff;
      const head = vp8Payload({ pictureId, tl0PicIdx: index >> 2, isKey, isSync: false, ...layering });
      // The start bit only on the first part.
      const payload = Uint8Array.from([part === 0 ? 0x90 : 0x80, ...head.subarray(1), index & 0xff, part]);
      const at = { codec: 'vp8' as const, timestamp: index * 3000, marker: part === packets - 1 };
      const packet = pushed(this.layer, input(this.#seq, { payload, ...at }), index * 33);
      this.#seq += 1;
      return packet;
    });
  }
}

const pictureIdOf = ({ payload }: Received) => payload.readUInt16BE(2) & 0x7fff;
const temporalIdOf = ({ payload }: Received) => (payload[5] ?? 0) >> 6;
const media = (received: readonly Received[]) => received.filter(({ ssrc }) => ssrc === SSRC);

function limit(viewer: Viewer, point: OperatingPoint): void {
  viewer.track.limit(point);
  viewer.track.want(point.layer, 0);
}

beforeEach(() => {
  memory = new MediaMemory();
});

describe.each(sequenceStarts)('a viewer of a stream in temporal layers from sequence number %i', (start) => {
  const change = fc.record({
    packets: fc.integer({ min: 1, max: 3 }),
    temporalId: fc.constantFrom(-1, -1, -1, 0, 1, TOP),
  });
  const stream = fc.record({
    hasRtx: fc.boolean(),
    pictureId: fc.constantFrom(0, 100, 32_700),
    changes: fc.array(change, { minLength: 1, maxLength: 60 }),
    cuts: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 }),
  });

  test('whatever he is to get when, has numbers and pictures without holes, and asks for each again', () => {
    fc.assert(
      fc.property(stream, ({ hasRtx, pictureId, changes, cuts }) => {
        memory = new MediaMemory();
        const source = new Vp8Source(newLayer(), start, pictureId);
        const viewer = new Viewer(memory, { codecs: ['vp8'], hasRtx });
        limit(viewer, source.layer.points.whole);
        const wanted = new Map<number, number>();
        let pending: Packet[] = [];
        let level = TOP;
        for (const [index, { packets, temporalId }] of changes.entries()) {
          if (temporalId >= 0) {
            level = temporalId;
            viewer.track.offer(batch(pending.length > 0 ? pending : source.picture(1, index === 0)), index);
            pending = [];
            limit(viewer, source.layer.points.at(TOP, level));
          }
          wanted.set(source.pictures & 0xff, level);
          pending.push(...source.picture(packets, index === 0 && source.pictures === 0));
          if (pending.length >= (cuts[index % cuts.length] ?? 1)) {
            viewer.track.offer(batch(pending), index);
            pending = [];
          }
        }
        if (pending.length > 0) viewer.track.offer(batch(pending), changes.length);
        const received = media(viewer.received());
        expect(received.map(({ seq }) => seq)).toEqual(received.map((_, index) => 100 + index));
        checkPictures(received, wanted);
        for (const [index, { seq }] of received.slice(-300).entries())
          viewer.track.resend([seq], 50, 1e6 + index * 100);
        const again = viewer.received().filter(({ ssrc }) => ssrc === RTX_SSRC);
        expect(again.map(({ payload }) => payload.subarray(2))).toEqual(
          hasRtx ? received.slice(-300).map(({ payload }) => payload) : [],
        );
      }),
      { numRuns: 150 },
    );
  });

  test('gets late what came late, and nothing in the place of what is left out for him', () => {
    const source = new Vp8Source(newLayer(), start, 0);
    const viewer = new Viewer(memory, { codecs: ['vp8'] });
    limit(viewer, source.layer.points.at(TOP, 0));
    viewer.track.offer(batch(source.picture(1, true)), 0);
    const seq = start + 1;
    const push = (index: number, temporalId: number) => {
      const payload = vp8Payload({ pictureId: index, tl0PicIdx: 0, temporalId, isSync: false });
      const packet = input(seq + index - 1, { codec: 'vp8', payload, timestamp: index * 3000, marker: true });
      viewer.track.offer(batch([pushed(source.layer, packet)]), index);
    };
    push(1, 2);
    push(4, 0);
    push(2, 1);
    push(3, 0);
    const numbers = viewer.received().map((packet) => [packet.seq, packet.payload.length]);
    expect(numbers).toEqual([
      [100, 12],
      [103, 10],
      [101, 0],
      [102, 10],
    ]);
  });
});

/** Whole pictures, one after the other, each of which can be decoded after those before it. */
function checkPictures(received: readonly Received[], wanted: ReadonlyMap<number, number>): void {
  let before: Received | undefined;
  const seen = new Set<number>();
  for (const packet of received) {
    const index = packet.payload.at(-2) ?? 0;
    const isNew = before === undefined || before.timestamp !== packet.timestamp;
    if (before) expect(pictureIdOf(packet)).toBe((pictureIdOf(before) + (isNew ? 1 : 0)) & 0x7fff);
    if (before) expect(before.marker).toBe(isNew);
    expect(packet.payload.at(-1) === 0).toBe(isNew);
    const temporalId = temporalIdOf(packet);
    expect(temporalId).toBeLessThanOrEqual(wanted.get(index) ?? TOP);
    const { isSync } = PATTERN[index % 8] ?? { isSync: false };
    const needed = temporalId === 0 || isSync ? [] : temporalId === 1 ? [index - 4, index - 2] : [index - 1];
    for (const other of needed) expect(seen, `picture ${index} needs ${other}`).toContain(other);
    seen.add(index);
    before = packet;
  }
}

describe('viewers of operating points', () => {
  test('of the same one share what is planned for it, and those of the whole share the batch itself', () => {
    const source = new Vp8Source(newLayer(), 0, 0);
    const packets = batch([...source.picture(2, true), ...source.picture(2)]);
    const point = source.layer.points.at(TOP, 0);
    expect(packets.at(point)).toBe(packets.at(source.layer.points.at(TOP, 0)));
    expect(packets.at(source.layer.points.whole)).toBe(packets);
  });

  test('join by the cached group with no more of it than they are to get', () => {
    const source = new Vp8Source(newLayer(), 65_500, 32_760);
    for (let picture = 0; picture < 60; picture += 1) source.picture(2, picture === 0);
    const viewer = new Viewer(memory, { codecs: ['vp8'] });
    viewer.track.limit(source.layer.points.at(TOP, 1));
    expect(viewer.track.follow(source.layer, 60 * 33)).toBe(false);
    while (viewer.track.isReplaying) viewer.track.replay(60 * 33);
    viewer.track.offer(batch(source.picture(2)), 61 * 33);
    const received = viewer.received();
    expect(received.map(({ seq }) => seq)).toEqual(Array.from({ length: 62 }, (_, index) => 100 + index));
    expect(new Set(received.map(temporalIdOf))).toEqual(new Set([0, 1]));
  });

  test('come from another layer straight to their point', () => {
    const [low, high] = [new Vp8Source(newLayer('l'), 10, 7), new Vp8Source(newLayer('h'), 50_000, 900)];
    const viewer = new Viewer(memory, { codecs: ['vp8'] });
    limit(viewer, low.layer.points.whole);
    viewer.track.offer(batch([...low.picture(1, true), ...low.picture(1)]), 0);
    limit(viewer, high.layer.points.at(TOP, 0));
    viewer.track.offer(batch(low.picture(1)), 1);
    viewer.track.offer(batch([...high.picture(1, true), ...high.picture(1), ...high.picture(1)]), 2);
    viewer.track.offer(batch([...high.picture(1), ...high.picture(1)]), 3);
    const received = viewer.received();
    expect(received.map(({ seq }) => seq)).toEqual([100, 101, 102, 103, 104]);
    expect(received.map(pictureIdOf)).toEqual([7, 8, 9, 10, 11]);
    expect(received.map(temporalIdOf)).toEqual([0, 2, 1, 0, 0]);
  });

  test('ask for a keyframe to see more spatial layers, and have fewer at once', () => {
    const layer = newLayer();
    const viewer = new Viewer(memory, { codecs: ['vp9'] });
    let seq = 0;
    const picture = (isKey = false) => {
      seq += 3;
      return [0, 1, 2].map((spatialId) => {
        const payload = isKey ? vp9Keyframe(spatialId) : vp9Payload({ spatialId, temporalId: 0 });
        const at = { codec: 'vp9' as const, timestamp: seq * 1000, marker: spatialId === 2 };
        return pushed(layer, input(seq + spatialId, { payload, ...at }), seq);
      });
    };
    expect(picture(true)[0]?.isGroupStart).toBe(true);
    limit(viewer, layer.points.whole);
    viewer.track.offer(batch(picture(true)), 0);
    expect(viewer.track.limit(layer.points.at(1, TOP))).toBe(false);
    viewer.track.offer(batch(picture()), 1);
    expect(viewer.track.limit(layer.points.whole)).toBe(true);
    expect(viewer.track.limit(layer.points.whole)).toBe(false);
    viewer.track.offer(batch(picture()), 2);
    viewer.track.offer(batch(picture(true)), 3);
    const received = viewer.received();
    expect(received.map(({ seq: number }) => number)).toEqual(received.map((_, index) => 100 + index));
    expect(received.map(({ marker }) => marker)).toEqual(
      [
        [false, false, true],
        [false, true],
        [false, true],
        [false, false, true],
      ].flat(),
    );
  });
});

test('a viewer who is to see fewer spatial layers gets all of the picture under way', () => {
  const layer = newLayer();
  const viewer = new Viewer(memory, { codecs: ['vp9'] });
  const part = (picture: number, spatialId: number, isKey = false) => {
    const payload = isKey ? vp9Keyframe(spatialId) : vp9Payload({ spatialId, temporalId: 0 });
    const at = { codec: 'vp9' as const, timestamp: picture * 3000, marker: spatialId === 2 };
    return pushed(layer, input(picture * 3 + spatialId, { payload, ...at }), picture * 33);
  };
  limit(viewer, layer.points.whole);
  viewer.track.offer(batch([0, 1, 2].map((spatialId) => part(0, spatialId, true))), 0);
  viewer.track.offer(batch([part(1, 0), part(1, 1)]), 33);
  viewer.track.limit(layer.points.at(1, TOP));
  viewer.track.offer(batch([part(1, 2), part(2, 0), part(2, 1), part(2, 2)]), 66);
  expect(viewer.received().map(({ marker }) => marker)).toEqual(
    [
      [false, false, true],
      [false, false, true],
      [false, true],
    ].flat(),
  );
});

/** Of 640 by 360, in non-flexible mode. */
function vp9Keyframe(spatialId: number): Uint8Array {
  const header = [0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x16, 0x70];
  return Uint8Array.from([0xac, 0x81, 0x23, 0x10 | (spatialId << 1), 0x05, ...header]);
}
