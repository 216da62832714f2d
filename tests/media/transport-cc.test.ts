import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RtcpPacketConverter, RtcpTransportLayerFeedback, TransportWideCC } from 'werift';
import { TransportCcRecorder } from '#src/media/transport-cc.ts';
import { sequenceStarts } from './packets.ts';

interface Feedback {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  readonly count: number;
  /** 16-bit number and arrival in ms (modulo the 24 bits of the reference time), in the order told. */
  readonly packets: readonly { seq: number; arrivedMs: number | undefined }[];
}

/** Reads the draft's format anew, bit by bit, and refuses whatever is not well-formed. */
function decode(bytes: Uint8Array): Feedback {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  expect(bytes.length % 4).toBe(0);
  expect(view.getUint16(2)).toBe(bytes.length / 4 - 1);
  expect(view.getUint8(1)).toBe(205);
  expect(view.getUint8(0) & 0xdf).toBe(0x8f);
  const padding = (view.getUint8(0) & 0x20) !== 0 ? view.getUint8(bytes.length - 1) : 0;
  expect(padding).toBeLessThan(4);
  const baseSeq = view.getUint16(12);
  const statusCount = view.getUint16(14);
  const symbols: number[] = [];
  let at = 20;
  while (symbols.length < statusCount) {
    const chunk = view.getUint16(at);
    at += 2;
    if (chunk >> 15 === 0) {
      expect(chunk & 0x1fff).toBeGreaterThan(0);
      for (let i = 0; i < (chunk & 0x1fff); i++) symbols.push((chunk >> 13) & 3);
      expect(symbols.length).toBeLessThanOrEqual(statusCount);
    } else if (((chunk >> 14) & 1) === 0) for (let i = 13; i >= 0; i--) symbols.push((chunk >> i) & 1);
    else for (let i = 12; i >= 0; i -= 2) symbols.push((chunk >> i) & 3);
  }
  for (const excess of symbols.splice(statusCount)) expect(excess).toBe(0);
  let ticks = (view.getUint32(16) >>> 8) * 256;
  const packets = symbols.map((symbol, i) => {
    const seq = (baseSeq + i) & 0xffff;
    expect(symbol).not.toBe(3);
    if (symbol === 0) return { seq, arrivedMs: undefined };
    ticks += symbol === 1 ? view.getUint8(at) : view.getInt16(at);
    at += symbol;
    return { seq, arrivedMs: ticks / 4 };
  });
  expect(at).toBe(bytes.length - padding);
  return { senderSsrc: view.getUint32(4), mediaSsrc: view.getUint32(8), count: view.getUint8(19), packets };
}

function drain(recorder: TransportCcRecorder, nowMs: number): Feedback[] {
  const all: Feedback[] = [];
  for (;;) {
    const bytes = recorder.feedback(nowMs);
    if (bytes === undefined) return all;
    expect(bytes.length).toBeLessThanOrEqual(1200);
    all.push(decode(bytes));
  }
}

function makeRecorder(): TransportCcRecorder {
  return new TransportCcRecorder({ senderSsrc: 0xfedcba98, mediaSsrc: 0x12345678 });
}

describe.each(sequenceStarts)('feedback on packets from %i', (start) => {
  test('tells each arrival to a quarter of a millisecond, under loss, reordering and duplicates', () => {
    const packet = fc.record({ lost: fc.nat(9), gapMs: fc.double({ min: 0, max: 40, noNaN: true }), swap: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 400 }), (packets) => {
        const order = packets.map((fate, i) => ({ ...fate, seq: (start + i) & 0xffff }));
        for (let i = 1; i < order.length; i++) {
          const [one, two] = [order[i - 1], order[i]];
          if (one && two && two.swap === 0) [order[i - 1], order[i]] = [two, one];
        }
        const recorder = makeRecorder();
        const arrivals = new Map<number, number>();
        let nowMs = 1000;
        const told = new Map<number, number | undefined>();
        const hear = () => {
          for (const { packets } of drain(recorder, nowMs)) {
            for (const { seq, arrivedMs } of packets) told.set(seq, arrivedMs ?? told.get(seq));
          }
        };
        for (const { seq, lost, gapMs } of order) {
          nowMs += gapMs;
          if (lost > 0) {
            recorder.received(seq, nowMs);
            recorder.received(seq, nowMs + 3);
            arrivals.set(seq, nowMs);
          }
          hear();
        }
        nowMs += 1000;
        hear();
        for (const [seq, arrivedMs] of arrivals) expect(told.get(seq)).toBe(Math.floor(arrivedMs * 4) / 4);
        for (const [seq, arrivedMs] of told) expect(arrivedMs !== undefined).toBe(arrivals.has(seq));
      }),
      { numRuns: 60 },
    );
  });

  test('splits where there is too much for one packet, numbering each', () => {
    const recorder = makeRecorder();
    for (let i = 0; i < 2000; i++) if (i % 3 !== 1) recorder.received((start + i) & 0xffff, 5000 + i / 10);
    const all = drain(recorder, 5300);
    expect(all.length).toBeGreaterThan(1);
    expect(all.map(({ count }) => count)).toEqual(all.map((_, i) => i));
    const told = all.flatMap(({ packets }) => packets);
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => (start + i) & 0xffff));
    expect(told.filter(({ arrivedMs }) => arrivedMs !== undefined).length).toBe(1333);
    expect(drain(recorder, 9999)).toEqual([]);
  });

  test('splits where a pause is longer than a delta can say', () => {
    const recorder = makeRecorder();
    recorder.received(start, 1000);
    recorder.received((start + 5) & 0xffff, 21_000);
    const [one, two] = drain(recorder, 21_000);
    expect(one?.packets).toEqual([{ seq: start, arrivedMs: 1000 }]);
    expect(two?.packets.at(-1)).toEqual({ seq: (start + 5) & 0xffff, arrivedMs: 21_000 });
    expect(two?.packets.length).toBe(5);
  });

  test('tells a packet that came after it was reported lost', () => {
    const recorder = makeRecorder();
    recorder.received(start, 1000);
    recorder.received((start + 2) & 0xffff, 1001);
    drain(recorder, 1000);
    recorder.received((start + 1) & 0xffff, 1150);
    const [late] = drain(recorder, 1200);
    expect(late?.packets).toEqual([
      { seq: (start + 1) & 0xffff, arrivedMs: 1150 },
      { seq: (start + 2) & 0xffff, arrivedMs: 1001 },
    ]);
  });

  test('passes over a gap longer than its memory', () => {
    const recorder = makeRecorder();
    recorder.received(start, 1000);
    drain(recorder, 1000);
    recorder.received((start + 20_000) & 0xffff, 1200);
    const [after] = drain(recorder, 1200);
    expect(after?.packets).toEqual([{ seq: (start + 20_000) & 0xffff, arrivedMs: 1200 }]);
  });

  test('has no place for a packet older than its memory', () => {
    const recorder = makeRecorder();
    for (let i = 0; i < 9000; i++) if (i !== 8500) recorder.received((start + i) & 0xffff, 1000);
    recorder.received((start + 8500 - 8192) & 0xffff, 2000);
    const told = drain(recorder, 2000).flatMap(({ packets }) => packets);
    expect(told.find(({ seq }) => seq === ((start + 8500) & 0xffff))?.arrivedMs).toBe(undefined);
    expect(told.every(({ arrivedMs }) => arrivedMs !== 2000)).toBe(true);
  });

  test('tells a long gap within its memory', () => {
    const recorder = makeRecorder();
    recorder.received(start, 1000);
    recorder.received((start + 8000) & 0xffff, 1010);
    const told = drain(recorder, 1100).flatMap(({ packets }) => packets);
    expect(told.length).toBe(8001);
    expect(told.filter(({ arrivedMs }) => arrivedMs !== undefined).length).toBe(2);
  });
});

describe('feedback', () => {
  test('comes every hundred milliseconds, and only when there is something to tell', () => {
    const recorder = makeRecorder();
    expect(recorder.feedback(0)).toBe(undefined);
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 1000; nowMs += 5) {
      recorder.received(nowMs / 5, nowMs);
      if (recorder.feedback(nowMs)) times.push(nowMs);
    }
    expect(times).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(recorder.feedback(5000)).not.toBe(undefined);
    expect(recorder.feedback(6000)).toBe(undefined);
  });

  test('names both SSRCs', () => {
    const recorder = makeRecorder();
    recorder.mediaSsrc = 0xffffffff;
    recorder.received(0, 0);
    expect(drain(recorder, 0)[0]).toMatchObject({ senderSsrc: 0xfedcba98, mediaSsrc: 0xffffffff });
  });

  test('lets the reference time wrap', () => {
    const recorder = makeRecorder();
    const wrapMs = 2 ** 24 * 64;
    recorder.received(1, wrapMs * 3 + 10);
    expect(drain(recorder, wrapMs * 3 + 10)[0]?.packets).toEqual([{ seq: 1, arrivedMs: 10 }]);
  });

  test('is read by werift as it was meant', () => {
    const recorder = makeRecorder();
    for (let i = 0; i < 30; i++) if (i % 7 !== 3) recorder.received(i, 1000 + i);
    const [packet] = RtcpPacketConverter.deSerialize(Buffer.from(recorder.feedback(1100) ?? []));
    expect(packet).toBeInstanceOf(RtcpTransportLayerFeedback);
    const feedback = packet instanceof RtcpTransportLayerFeedback ? packet.feedback : undefined;
    expect(feedback).toBeInstanceOf(TransportWideCC);
    if (!(feedback instanceof TransportWideCC)) return;
    const deltasMs = feedback.recvDeltas.map(({ delta }) => delta / 1000);
    const received = [...new Array(30).keys()].filter((seq) => seq % 7 !== 3);
    const gaps = received.map((seq, i) => seq - (received[i - 1] ?? 0));
    // 1000 ms are 15 units of the reference time and 40 ms.
    expect(feedback.referenceTime).toBe(15);
    expect(deltasMs).toEqual([40, ...gaps.slice(1)]);
  });
});
