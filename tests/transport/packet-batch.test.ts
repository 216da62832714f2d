import { expect, test } from 'vitest';
import type { Packet } from '../../src/media/packet.ts';
import { PacketBatch, type Run } from '../../src/transport/packet-batch.ts';
import { input, makeLayer, pushed } from '../media/packets.ts';
import { seededRandom } from '../support/lossy-link.ts';

/** Packets whose payloads have these lengths. */
function packetsOf(lengths: readonly number[]): Packet[] {
  const layer = makeLayer();
  return lengths.map((length, index) => pushed(layer, input(index, { payload: new Uint8Array(length) })));
}

function batchOf(lengths: readonly number[]): PacketBatch {
  const packets = packetsOf(lengths);
  const [first] = packets;
  if (!first) throw new Error('no packets');
  return new PacketBatch(first.layer, packets);
}

const shape = (runs: readonly Run[]) => runs.map(({ from, to, size }) => [to - from, size]);

test.each<[string, number[], [number, number][], [number, number][]]>([
  ['one packet', [700], [[1, 700]], [[1, 700]]],
  ['equal ones', [700, 700, 700], [[3, 700]], [[3, 700]]],
  ['a short last one', [700, 700, 300], [[3, 700]], [[3, 700]]],
  [
    'a longer last one',
    [700, 700, 701],
    [
      [2, 700],
      [1, 701],
    ],
    [[3, 701]],
  ],
  [
    'a byte less in the middle',
    [700, 699, 700],
    [
      [2, 700],
      [1, 700],
    ],
    [[3, 700]],
  ],
  [
    'a byte less, then a byte more',
    [700, 699, 701],
    [
      [2, 700],
      [1, 701],
    ],
    [
      [2, 700],
      [1, 701],
    ],
  ],
  [
    'two bytes less in the middle',
    [700, 698, 700],
    [
      [2, 700],
      [1, 700],
    ],
    [
      [2, 700],
      [1, 700],
    ],
  ],
  [
    'a lone small one first',
    [80, 1200, 1200],
    [
      [1, 80],
      [2, 1200],
    ],
    [
      [1, 80],
      [2, 1200],
    ],
  ],
  [
    'a group of parameter sets',
    [20, 8, 1200, 1200, 600],
    [
      [2, 20],
      [3, 1200],
    ],
    [
      [2, 20],
      [3, 1200],
    ],
  ],
  ['payloads without a byte', [0, 0], [[2, 0]], [[2, 0]]],
  [
    'nothing, then something',
    [0, 1, 5],
    [
      [1, 0],
      [1, 1],
      [1, 5],
    ],
    [
      [2, 1],
      [1, 5],
    ],
  ],
])('%s', (_what, lengths, unpadded, padded) => {
  const batch = batchOf(lengths);
  expect(shape(batch.unpadded)).toEqual(unpadded);
  expect(shape(batch.padded)).toEqual(padded);
});

test('a run has at most 64 segments and fits into one UDP datagram with its protection', () => {
  expect(shape(batchOf(new Array(130).fill(100)).padded)).toEqual([
    [64, 100],
    [64, 100],
    [2, 100],
  ]);
  const runs = batchOf(new Array(100).fill(1800)).unpadded;
  for (const { from, to, size } of runs) expect((to - from) * (size + 12 + 16)).toBeLessThanOrEqual(65_507);
  expect(runs.length).toBe(3);
});

test('runs of any lengths cover each packet once, and all but the last of a run fill their segment', () => {
  const seed = Date.now() & 0xffff;
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const base = Math.floor(random() * 1200);
    const lengths = Array.from({ length: 1 + Math.floor(random() * 90) }, () =>
      random() < 0.8 ? base + Math.floor(random() * 3) : Math.floor(random() * 1300),
    );
    const batch = batchOf(lengths);
    for (const [slack, runs] of [batch.unpadded, batch.padded].entries()) {
      let next = 0;
      for (const { from, to, size } of runs) {
        expect(from, `seed ${seed}`).toBe(next);
        for (let index = from; index < to - 1; index += 1) {
          expect(size - (lengths[index] ?? 0), `seed ${seed}`).toBeOneOf(slack === 0 ? [0] : [0, 1]);
        }
        expect(lengths[to - 1], `seed ${seed}`).toBeLessThanOrEqual(size);
        next = to;
      }
      expect(next, `seed ${seed}`).toBe(lengths.length);
    }
  }
});

test('the lowest and highest numbers are found in any order', () => {
  const layer = makeLayer();
  const packets = [5, 3, 9, 4].map((seq) => pushed(layer, input(seq)));
  const batch = new PacketBatch(layer, packets);
  expect([batch.lowestSeq & 0xffff, (batch.highest?.extSeq ?? 0) & 0xffff]).toEqual([3, 9]);
});
