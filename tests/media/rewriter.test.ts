import { describe, expect, test } from 'vitest';
import type { Layer } from '#src/media/layer.ts';
import type { Packet } from '#src/media/packet.ts';
import { Rewriter } from '#src/media/rewriter.ts';
import { input, makeLayer, payloadOf, pushed, sequenceStarts, vp8Payload } from './packets.ts';

const clockRate = 90_000;

/** What goes to the viewer, with the payload patched. */
function send(rewriter: Rewriter, packet: Packet, nowMs: number) {
  const payload = payloadOf(packet).slice();
  if (rewriter.rewritesPayload) rewriter.rewritePayload(packet, payload);
  const out = { seq: rewriter.seqOf(packet), timestamp: rewriter.timestampOf(packet), payload };
  rewriter.sent(packet, nowMs);
  return out;
}

function vp8Ids(payload: Uint8Array): { pictureId: number; tl0PicIdx: number } {
  const [, , high = 0, low = 0, tl0PicIdx = 0] = payload;
  return { pictureId: ((high & 0x7f) << 8) | low, tl0PicIdx };
}

function pushVp8(layer: Layer, seq: number, pictureId: number, tl0PicIdx: number): Packet {
  const payload = vp8Payload({ pictureId: pictureId & 0x7fff, tl0PicIdx: tl0PicIdx & 0xff });
  return pushed(layer, input(seq, { codec: 'vp8', timestamp: (seq * 3000) >>> 0, payload }));
}

describe.each(sequenceStarts)('a viewer of a source whose sequence begins at %i', (start) => {
  test('gets numbers from his own first one on, below 65536, with the holes and order of the source', () => {
    const layer = makeLayer();
    const rewriter = new Rewriter({ clockRate, firstSeq: 1000 });
    const packets = [0, 1, 3, 2, 4].map((i) => pushed(layer, input(start + i, { timestamp: 77 + i })));
    const [first] = packets;
    if (first) rewriter.switchTo(first, 0);
    const sent = packets.map((packet) => send(rewriter, packet, 0));
    expect(sent.map(({ seq }) => seq)).toEqual([1000, 1001, 1003, 1002, 1004]);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([77, 78, 80, 79, 81]);
    expect(rewriter.rewritesPayload).toBe(false);
  });

  test('sees sequence and time go on when the source changes', () => {
    const [one, two] = [makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 5 });
    const before = pushed(one, input(start, { timestamp: 0xfffffff0 }));
    rewriter.switchTo(before, 1000);
    send(rewriter, before, 1000);
    const after = pushed(two, input(start + 500, { timestamp: 123 }));
    rewriter.switchTo(after, 1040);
    expect(send(rewriter, after, 1040)).toMatchObject({ seq: 6, timestamp: (0xfffffff0 + 3600) >>> 0 });
    const next = pushed(two, input(start + 501, { timestamp: 123 + 3000 }));
    expect(send(rewriter, next, 1073)).toMatchObject({ seq: 7, timestamp: (0xfffffff0 + 6600) >>> 0 });
  });

  test('asks again by his own numbers, also for what he got from sources before', () => {
    const [one, two] = [makeLayer({ rid: '1' }), makeLayer({ rid: '2' })];
    const rewriter = new Rewriter({ clockRate, firstSeq: start & 0x7fff });
    const sent = new Map<number, Packet>();
    for (let i = 0; i < 200; i++) {
      const layer = Math.floor(i / 40) % 2 === 0 ? one : two;
      const packet = pushed(layer, input(start + i, { timestamp: i }));
      if (i % 40 === 0) rewriter.switchTo(packet, i);
      sent.set(send(rewriter, packet, i).seq, packet);
    }
    for (const [seq, packet] of sent) {
      const located = rewriter.locate(seq & 0xffff);
      expect(located).toMatchObject({ extSeq: packet.extSeq, outSeq: seq });
      expect(located?.layer).toBe(packet.layer);
    }
    const newest = (start & 0x7fff) + 199;
    expect(rewriter.locate((newest + 1) & 0xffff)).toBe(undefined);
    expect(rewriter.locate(((start & 0x7fff) - 1) & 0xffff)).toBe(undefined);
  });
});

describe('a change of sources', () => {
  test('takes at least a frame of time, even when the clock stands', () => {
    const layer = makeLayer();
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const before = pushed(layer, input(0, { timestamp: 5000 }));
    rewriter.switchTo(before, 10);
    send(rewriter, before, 10);
    const after = pushed(layer, input(9, { timestamp: 100 }));
    rewriter.switchTo(after, 10);
    expect(send(rewriter, after, 10).timestamp).toBe(5000 + 1500);
  });

  test('counts from what was sent, through change after change', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const timestamps = [1_000_000, 5, 70_000].map((timestamp, i) => {
      const packet = pushed(makeLayer(), input(0, { timestamp }));
      rewriter.switchTo(packet, i * 100);
      return send(rewriter, packet, i * 100).timestamp;
    });
    expect(timestamps).toEqual([1_000_000, 1_009_000, 1_018_000]);
  });

  test('counts from the highest packet sent, whatever was sent late', () => {
    const layer = makeLayer();
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const [first, second, third] = [0, 1, 2].map((seq) => pushed(layer, input(seq, { timestamp: seq * 3000 })));
    if (!first || !second || !third) throw new Error('no packets');
    rewriter.switchTo(first, 0);
    for (const packet of [first, third, second]) send(rewriter, packet, 0);
    const other = pushed(makeLayer(), input(7, { timestamp: 0 }));
    rewriter.switchTo(other, 100);
    expect(send(rewriter, other, 100)).toMatchObject({ seq: 3, timestamp: 6000 + 9000 });
  });

  test('of which nothing was sent leaves no trace', () => {
    const [one, two, three] = [makeLayer(), makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 9 });
    rewriter.switchTo(pushed(three, input(100)), 0);
    const first = pushed(one, input(0));
    rewriter.switchTo(first, 0);
    expect(send(rewriter, first, 0).seq).toBe(9);
    rewriter.switchTo(pushed(three, input(101)), 1);
    const second = pushed(two, input(0));
    rewriter.switchTo(second, 2);
    expect(send(rewriter, second, 2).seq).toBe(10);
    for (let i = 0; i < 20; i++) rewriter.switchTo(pushed(three, input(200 + i)), 3);
    expect(rewriter.locate(9)?.layer).toBe(one);
    expect(rewriter.locate(10)?.layer).toBe(two);
  });

  test.each([0, 127, 32767])('goes on with VP8 ids from %i', (pictureId) => {
    const [one, two] = [makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const ids: ReturnType<typeof vp8Ids>[] = [];
    for (let i = 0; i < 300; i++) {
      const isOne = Math.floor(i / 30) % 2 === 0;
      const packet = isOne ? pushVp8(one, i, pictureId + i, 250 + i) : pushVp8(two, i, 9000 + i, 3 + i);
      if (i % 30 === 0) rewriter.switchTo(packet, i * 33);
      expect(rewriter.rewritesPayload).toBe(!isOne);
      ids.push(vp8Ids(send(rewriter, packet, i * 33).payload));
    }
    expect(ids).toEqual(ids.map((_, i) => ({ pictureId: (pictureId + i) & 0x7fff, tl0PicIdx: (250 + i) & 0xff })));
  });

  test('patches nothing but the ids', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const first = pushVp8(makeLayer(), 0, 5, 5);
    rewriter.switchTo(first, 0);
    send(rewriter, first, 0);
    const packet = pushVp8(makeLayer(), 0, 0x7f00, 0);
    rewriter.switchTo(packet, 0);
    const { payload } = send(rewriter, packet, 0);
    expect(payload).toEqual(vp8Payload({ pictureId: 6, tl0PicIdx: 6 }));
    expect(payloadOf(packet)).toEqual(vp8Payload({ pictureId: 0x7f00, tl0PicIdx: 0 }));
  });

  test('keeps a picture id of seven bits in seven bits', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const push = (pictureId: number) => {
      const payload = vp8Payload({ pictureId, tl0PicIdx: 1, bits: 7 });
      return pushed(makeLayer(), input(0, { codec: 'vp8', payload }));
    };
    const first = push(127);
    rewriter.switchTo(first, 0);
    send(rewriter, first, 0);
    const second = push(50);
    rewriter.switchTo(second, 0);
    expect(send(rewriter, second, 0).payload).toEqual(vp8Payload({ pictureId: 0, tl0PicIdx: 2, bits: 7 }));
  });

  test('repeats an old packet as it was sent, by the segment it was sent in', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const layers = [makeLayer(), makeLayer(), makeLayer()];
    const sent = layers.map((layer, i) => {
      const packet = pushVp8(layer, i * 50, 100 * i, 10 * i);
      rewriter.switchTo(packet, i * 100);
      return { packet, ...send(rewriter, packet, i * 100) };
    });
    for (const { packet, seq, timestamp, payload } of sent) {
      const located = rewriter.locate(seq);
      const again = payloadOf(packet).slice();
      rewriter.rewritePayload(packet, again, located?.segment);
      expect(again).toEqual(payload);
      expect((packet.timestamp + (located?.segment.timestampOffset ?? Number.NaN)) >>> 0).toBe(timestamp);
    }
  });
});
