import { describe, expect, test } from 'vitest';
import { input, makeCache, makeLayer, payloadOf, pushed, sequenceStarts } from './packets.ts';

describe.each(sequenceStarts)('a cache of packets from %i', (start) => {
  test('gives back what came, until slots or bytes are overwritten', () => {
    const cache = makeCache({ bytes: 1000, slots: 64 });
    const layer = makeLayer({ cache });
    for (let i = 0; i < 500; i++) {
      const payload = new Uint8Array(20 + (i % 37)).fill(i & 0xff);
      const packet = pushed(layer, input(start + i, { payload }));
      const kept: number[] = [];
      for (let seq = packet.extSeq - i; seq <= packet.extSeq; seq++) {
        const found = cache.get(seq);
        if (found === undefined) continue;
        kept.push(seq);
        expect(payloadOf(found)).toEqual(new Uint8Array(found.length).fill((seq - start - 65536) & 0xff));
      }
      expect(kept.at(-1)).toBe(packet.extSeq);
      expect(kept.length).toBe(packet.extSeq - (kept[0] ?? 0) + 1);
      expect(cache.newestSeq).toBe(packet.extSeq);
    }
  });

  test('knows how large a picture is as far as it has come, and what comes after it', () => {
    const cache = makeCache();
    const layer = makeLayer({ cache });
    const sizes = [100, 200, 50];
    const [first] = sizes.map((size, i) =>
      pushed(layer, input(start + i, { payload: new Uint8Array(size), timestamp: 7 })),
    );
    if (!first) throw new Error('no packet');
    expect(cache.pictureFrom(first)).toEqual({ bytes: 350, endSeq: first.extSeq + 3 });
    pushed(layer, input(start + 3, { payload: new Uint8Array(10), timestamp: 8 }));
    expect(cache.pictureFrom(first)).toEqual({ bytes: 350, endSeq: first.extSeq + 3 });
  });

  test('keeps no more than its slots', () => {
    const cache = makeCache({ slots: 8 });
    const layer = makeLayer({ cache });
    for (let i = 0; i < 20; i++) pushed(layer, input(start + i));
    expect(cache.get(start + 65536 + 11)).toBe(undefined);
    expect(cache.get(start + 65536 + 12)?.extSeq).toBe(start + 65536 + 12);
  });
});

describe('a cache', () => {
  test('never lets a payload straddle the end of its memory, and puts 0x01 behind each', () => {
    const cache = makeCache({ bytes: 100, slots: 64 });
    const layer = makeLayer({ cache });
    for (let i = 0; i < 50; i++) {
      const packet = pushed(layer, input(i, { payload: new Uint8Array(1 + ((i * 7) % 40)).fill(0xee) }));
      expect(packet.offset + packet.length).toBeLessThan(100);
      expect(cache.bytes[packet.offset + packet.length]).toBe(0x01);
      expect(payloadOf(packet).every((byte) => byte === 0xee)).toBe(true);
    }
  });

  test('counts the byte behind a payload in: where that does not fit, the payload goes to the front', () => {
    const layer = makeLayer({ cache: makeCache({ bytes: 100 }) });
    pushed(layer, input(0, { payload: new Uint8Array(59) }));
    expect(pushed(layer, input(1, { payload: new Uint8Array(40) })).offset).toBe(0);
  });

  test('takes a payload that fills it wholly, and refuses a larger one', () => {
    const layer = makeLayer({ cache: makeCache({ bytes: 100 }) });
    const whole = pushed(layer, input(0, { payload: new Uint8Array(99) }));
    expect(layer.cache.get(whole.extSeq)).toBe(whole);
    expect(layer.push(input(1, { payload: new Uint8Array(100) }), 0)).toBe(undefined);
    expect(layer.cache.get(whole.extSeq)).toBe(whole);
  });

  test('finds a late packet that fills a hole', () => {
    const layer = makeLayer({ cache: makeCache({ slots: 64 }) });
    for (const seq of [0, 1, 3, 4]) pushed(layer, input(seq));
    expect(layer.cache.get(65_536 + 2)).toBeUndefined();
    const late = pushed(layer, input(2));
    expect(layer.cache.get(65_536 + 2)).toBe(late);
  });

  test('is empty at first', () => {
    const cache = makeCache();
    expect([cache.newestSeq, cache.get(0)]).toEqual([-1, undefined]);
  });

  test('wants a power of two of slots', () => {
    expect(() => makeCache({ slots: 12 })).toThrow(RangeError);
  });
});
