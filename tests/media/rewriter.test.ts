import { describe, expect, test } from 'vitest';
import { SenderClock } from '#src/media/capture-clock.ts';
import type { Layer } from '#src/media/layer.ts';
import type { Packet } from '#src/media/packet.ts';
import { Rewriter } from '#src/media/rewriter.ts';
import { timestampDelta } from '#src/media/sequence.ts';
import { input, makeLayer, payloadOf, pushed, sequenceStarts, vp8Payload } from './packets.ts';

const clockRate = 90_000;

/** What goes to the viewer, with the payload patched. */
function send(rewriter: Rewriter, packet: Packet) {
  const payload = payloadOf(packet).slice();
  if (rewriter.rewritesPayload) rewriter.rewritePayload(packet, payload);
  const out = { seq: rewriter.seqOf(packet), timestamp: rewriter.timestampOf(packet), payload };
  rewriter.sent(packet);
  return out;
}

/** As sender reports say it. */
function at(seconds: number) {
  const whole = Math.floor(seconds);
  return { ntpHigh: 3_970_000_000 + whole, ntpLow: Math.round((seconds - whole) * 2 ** 32) };
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
    const sent = [0, 1, 3, 2, 4].map((i) => {
      const packet = pushed(layer, input(start + i, { timestamp: 77 + i }));
      if (i === 0) rewriter.switchTo(packet);
      return send(rewriter, packet);
    });
    expect(sent.map(({ seq }) => seq)).toEqual([1000, 1001, 1003, 1002, 1004]);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([77, 78, 80, 79, 81]);
    expect(rewriter.rewritesPayload).toBe(false);
  });

  test('sees sequence and time go on when the source changes', () => {
    const [one, two] = [makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 5 });
    const before = pushed(one, input(start, { timestamp: 0xfffffff0 }), 1000);
    rewriter.switchTo(before);
    send(rewriter, before);
    const after = pushed(two, input(start + 500, { timestamp: 123 }), 1040);
    rewriter.switchTo(after);
    expect(send(rewriter, after)).toMatchObject({ seq: 6, timestamp: (0xfffffff0 + 3600) >>> 0 });
    const next = pushed(two, input(start + 501, { timestamp: 123 + 3000 }), 1073);
    expect(send(rewriter, next)).toMatchObject({ seq: 7, timestamp: (0xfffffff0 + 6600) >>> 0 });
  });

  test('asks again by his own numbers, also for what he got from sources before', () => {
    const [one, two] = [makeLayer({ rid: '1' }), makeLayer({ rid: '2' })];
    const rewriter = new Rewriter({ clockRate, firstSeq: start & 0x7fff });
    const sent = new Map<number, Packet>();
    for (let i = 0; i < 200; i++) {
      const layer = Math.floor(i / 40) % 2 === 0 ? one : two;
      const packet = pushed(layer, input(start + i, { timestamp: i }));
      if (i % 40 === 0) rewriter.switchTo(packet);
      sent.set(send(rewriter, packet).seq, packet);
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
    rewriter.switchTo(before);
    send(rewriter, before);
    const after = pushed(layer, input(9, { timestamp: 100 }));
    rewriter.switchTo(after);
    expect(send(rewriter, after).timestamp).toBe(5000 + 1500);
  });

  test('counts from what was sent, through change after change', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const timestamps = [1_000_000, 5, 70_000].map((timestamp, i) => {
      const packet = pushed(makeLayer(), input(0, { timestamp }), i * 100);
      rewriter.switchTo(packet);
      return send(rewriter, packet).timestamp;
    });
    expect(timestamps).toEqual([1_000_000, 1_009_000, 1_018_000]);
  });

  test('counts from the highest packet sent, whatever was sent late', () => {
    const layer = makeLayer();
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const [first, second, third] = [0, 1, 2].map((seq) => pushed(layer, input(seq, { timestamp: seq * 3000 })));
    if (!first || !second || !third) throw new Error('no packets');
    rewriter.switchTo(first);
    for (const packet of [first, third, second]) send(rewriter, packet);
    const other = pushed(makeLayer(), input(7, { timestamp: 0 }), 100);
    rewriter.switchTo(other);
    expect(send(rewriter, other)).toMatchObject({ seq: 3, timestamp: 9000 });
  });

  test('takes as much time as passed between the captures, as sender reports of one publisher tell', () => {
    const clock = new SenderClock();
    const [one, two] = [makeLayer({ rid: '1', clock }), makeLayer({ rid: '2', clock })];
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    // The larger picture takes 40 ms longer to encode.
    const before = pushed(one, input(0, { timestamp: 9000 }), 1010);
    const after = pushed(two, input(0, { timestamp: 500 }), 1083);
    one.senderReport({ ...at(1), rtpTimestamp: 9000, octetCount: 0 }, 1010);
    two.senderReport({ ...at(1.033), rtpTimestamp: 500, octetCount: 0 }, 1090);
    rewriter.switchTo(before);
    send(rewriter, before);
    rewriter.switchTo(after);
    expect(send(rewriter, after).timestamp).toBe(9000 + 33 * 90);
  });

  test.each([
    ['that disagree', at(7)],
    ['that there are none of', undefined],
  ])('takes as much time as passed between the arrivals where there are clocks %s', (_, time) => {
    const [one, two] = [makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const before = pushed(one, input(0, { timestamp: 9000 }), 1000);
    if (time) one.senderReport({ ...time, rtpTimestamp: 9000, octetCount: 0 }, 1400);
    rewriter.switchTo(before);
    send(rewriter, before);
    const after = pushed(two, input(0, { timestamp: 500 }), 1040);
    rewriter.switchTo(after);
    expect(send(rewriter, after).timestamp).toBe(9000 + 40 * 90);
  });

  test('of which nothing was sent leaves no trace', () => {
    const [one, two, three] = [makeLayer(), makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 9 });
    rewriter.switchTo(pushed(three, input(100)));
    const first = pushed(one, input(0));
    rewriter.switchTo(first);
    expect(send(rewriter, first).seq).toBe(9);
    rewriter.switchTo(pushed(three, input(101)));
    const second = pushed(two, input(0));
    rewriter.switchTo(second);
    expect(send(rewriter, second).seq).toBe(10);
    for (let i = 0; i < 20; i++) rewriter.switchTo(pushed(three, input(200 + i)));
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
      if (i % 30 === 0) rewriter.switchTo(packet);
      expect(rewriter.rewritesPayload).toBe(!isOne);
      ids.push(vp8Ids(send(rewriter, packet).payload));
    }
    expect(ids).toEqual(ids.map((_, i) => ({ pictureId: (pictureId + i) & 0x7fff, tl0PicIdx: (250 + i) & 0xff })));
  });

  test('patches nothing but the ids', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const first = pushVp8(makeLayer(), 0, 5, 5);
    rewriter.switchTo(first);
    send(rewriter, first);
    const packet = pushVp8(makeLayer(), 0, 0x7f00, 0);
    rewriter.switchTo(packet);
    const { payload } = send(rewriter, packet);
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
    rewriter.switchTo(first);
    send(rewriter, first);
    const second = push(50);
    rewriter.switchTo(second);
    expect(send(rewriter, second).payload).toEqual(vp8Payload({ pictureId: 0, tl0PicIdx: 2, bits: 7 }));
  });

  test('repeats an old packet as it was sent, by the segment it was sent in', () => {
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const layers = [makeLayer(), makeLayer(), makeLayer()];
    const sent = layers.map((layer, i) => {
      const packet = pushVp8(layer, i * 50, 100 * i, 10 * i);
      rewriter.switchTo(packet);
      return { packet, ...send(rewriter, packet) };
    });
    for (const { packet, seq, timestamp, payload } of sent) {
      const located = rewriter.locate(seq);
      const again = payloadOf(packet).slice();
      rewriter.rewritePayload(packet, again, located?.segment);
      expect(again).toEqual(payload);
      expect(located?.segment.timeline.of(packet)).toBe(timestamp);
    }
  });
});

describe('what is replayed', () => {
  const pictures = (layer: Layer, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const timestamp = (from + index * 3000) >>> 0;
      return pushed(layer, input(index, { timestamp }), (index * 100) / 3);
    });

  /** The steps from picture to picture, of two seconds at once at 20 ms after the newest, and then live. */
  function replay(from: number, catchUpMs: number): number[] {
    const layer = makeLayer();
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const cached = pictures(layer, from, 60);
    const [first] = cached;
    if (first) rewriter.switchTo(first, undefined, { nowMs: 59 * (100 / 3) + 20, catchUpMs });
    const live = Array.from({ length: 30 }, (_, index) =>
      pushed(layer, input(60 + index, { timestamp: (from + (60 + index) * 3000) >>> 0 }), ((60 + index) * 100) / 3),
    );
    const sent = [...cached, ...live].map((packet) => send(rewriter, packet));
    expect(sent[0]?.timestamp).toBe((from + 59 * 3000 + 20 * 90) >>> 0);
    expect(sent.at(-1)?.timestamp).toBe((from + 89 * 3000) >>> 0);
    for (const [index, { seq, timestamp }] of sent.entries()) {
      const again = rewriter.locate(seq)?.segment.timeline;
      expect([...cached, ...live].slice(index, index + 1).map((packet) => again?.of(packet))).toEqual([timestamp]);
    }
    return sent.slice(1).map(({ timestamp }, index) => timestampDelta(sent[index]?.timestamp ?? 0, timestamp));
  }

  test.each([0, 0xffff_ff00, 0x7fff_ff00])('seems to have been made as fast as it is sent, from time %i on', (from) => {
    const steps = replay(from, 500);
    // Until half a second from now: as much time as that takes, and not more.
    expect(Math.max(...steps.slice(0, 60))).toBeLessThan((3000 * 500) / 2480);
    expect(Math.min(...steps.slice(0, 60))).toBeGreaterThan((3000 * 500) / 2520);
    expect(new Set(steps.slice(76))).toEqual(new Set([3000]));
  });

  test('keeps a time for each picture, however fast it is sent', () => {
    const steps = replay(0, 0);
    expect(Math.min(...steps)).toBeGreaterThan(40);
    expect(new Set(steps.slice(63))).toEqual(new Set([3000]));
  });

  test('does not delay what follows, in mid-stream either', () => {
    const [one, two] = [makeLayer(), makeLayer()];
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const before = pushed(one, input(0, { timestamp: 9000 }), 100);
    rewriter.switchTo(before);
    send(rewriter, before);
    const group = pictures(two, 500, 4);
    const [first] = group;
    if (first) rewriter.switchTo(first, undefined, { nowMs: 100, catchUpMs: 0 });
    const times = group.map((packet) => send(rewriter, packet).timestamp);
    expect(times.every((time, index) => time > (times[index - 1] ?? 9000))).toBe(true);
    const next = pushed(two, input(4, { timestamp: 500 + 4 * 3000 }), 133);
    expect(send(rewriter, next).timestamp).toBe(9000 + 3000);
  });

  test('is the only part that is squeezed, however long the rest lasts', () => {
    const layer = makeLayer();
    const rewriter = new Rewriter({ clockRate, firstSeq: 0 });
    const cached = pictures(layer, 0, 60);
    const [first] = cached;
    if (first) rewriter.switchTo(first, undefined, { nowMs: 2000, catchUpMs: 100 });
    for (const packet of cached) send(rewriter, packet);
    for (let hours = 1; hours < 40; hours += 1) {
      const timestamp = (hours * 3600 * clockRate) >>> 0;
      const packet = pushed(layer, input(60 + hours, { timestamp }), hours * 3_600_000);
      expect(send(rewriter, packet).timestamp).toBe(timestamp);
    }
  });
});
