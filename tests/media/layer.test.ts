import { describe, expect, test } from 'vitest';
import { h264Payload, input, makeCache, makeLayer, payloadOf, pushed, realPackets, sequenceStarts } from './packets.ts';

describe.each(sequenceStarts)('a layer whose sequence begins at %i', (start) => {
  test('takes late packets at their place and drops duplicates', () => {
    const layer = makeLayer();
    const first = pushed(layer, input(start));
    const third = pushed(layer, input(start + 2));
    const second = pushed(layer, input(start + 1));
    expect([first, second, third].map(({ extSeq }) => extSeq - first.extSeq)).toEqual([0, 1, 2]);
    expect(layer.push(input(start + 1), 0)).toBe(undefined);
    expect(layer.cache.get(second.extSeq)).toBe(second);
    expect(pushed(layer, input(start - 1)).extSeq).toBe(first.extSeq - 1);
  });

  test('knows a duplicate even when its bytes are overwritten', () => {
    const layer = makeLayer({ cache: makeCache({ bytes: 20, slots: 64 }) });
    const first = pushed(layer, input(start));
    for (let i = 1; i < 10; i++) pushed(layer, input(start + i));
    expect(layer.cache.get(first.extSeq)).toBe(undefined);
    expect(layer.push(input(start), 0)).toBe(undefined);
  });

  test('drops what is older than its slots', () => {
    const layer = makeLayer({ cache: makeCache({ slots: 16 }) });
    pushed(layer, input(start));
    for (let i = 2; i < 30; i++) pushed(layer, input(start + i));
    expect(layer.push(input(start + 1), 0)).toBe(undefined);
  });

  test('starts a new epoch when the sender restarts, asking for the packet that told so', () => {
    const layer = makeLayer();
    pushed(layer, input(start, { payload: h264Payload('sps'), timestamp: 9 }));
    const restart = start + 30_000;
    expect(layer.push(input(restart), 0)).toBe(undefined);
    expect(layer.epoch).toBe(0);
    const second = pushed(layer, input(restart + 1), 0);
    expect(layer.epoch).toBe(1);
    expect(layer.groupStart()).toBe(undefined);
    expect(layer.nacks.due(10)).toEqual([restart & 0xffff]);
    const held = pushed(layer, input(restart, { payload: h264Payload('sps'), timestamp: 50 }));
    expect(held.extSeq).toBe(second.extSeq - 1);
    expect(layer.groupStart()).toBe(held.extSeq);
  });

  test('is not restarted by retransmissions, however far away', () => {
    const layer = makeLayer();
    expect(layer.push(input(start, { isRtx: true }), 0)).toBe(undefined);
    const first = pushed(layer, input(start));
    for (let i = 0; i < 5; i++) expect(layer.push(input(start + 30_000 + i, { isRtx: true }), 0)).toBe(undefined);
    pushed(layer, input(start + 2));
    expect(pushed(layer, input(start + 1, { isRtx: true })).extSeq).toBe(first.extSeq + 1);
    expect(layer.epoch).toBe(0);
  });

  test('goes on above all earlier numbers after a reset, and groups do not span it', () => {
    const layer = makeLayer();
    const old = pushed(layer, input(start, { payload: h264Payload('sps') }));
    layer.reset();
    expect(layer.epoch).toBe(1);
    expect(layer.groupStart()).toBe(undefined);
    const fresh = pushed(layer, input(start + 1));
    expect(fresh.extSeq).toBeGreaterThan(old.extSeq + 32767);
    expect(layer.groupStart()).toBe(undefined);
    expect(layer.cache.get(old.extSeq)).toBe(old);
  });
});

describe('a layer', () => {
  test('turns a payload of padding only into an empty packet, so that no hole is torn', () => {
    const layer = makeLayer();
    pushed(layer, input(10));
    const empty = pushed(layer, input(11, { payload: new Uint8Array(0) }));
    pushed(layer, input(12));
    expect(empty.length).toBe(0);
    expect(empty.isFrameStart).toBe(false);
    expect(layer.nacks.due(100)).toEqual([]);
    expect(layer.cache.bytes[empty.offset]).toBe(0x01);
  });

  test('copies the payload, wherever it stood', () => {
    const layer = makeLayer();
    const bytes = Uint8Array.from([0, 0, 0x41, 0x9a, 7, 8, 0]);
    const packet = pushed(layer, input(1, { bytes, start: 2, end: 6 }));
    bytes.fill(0xff);
    expect(payloadOf(packet)).toEqual(Uint8Array.of(0x41, 0x9a, 7, 8));
  });

  test('marks the first packet of each frame, and of a group only the first SPS', () => {
    const layer = makeLayer();
    const at = (seq: number, timestamp: number, kind: Parameters<typeof h264Payload>[0]) =>
      pushed(layer, input(seq, { timestamp, payload: h264Payload(kind) }));
    const packets = [
      at(1, 100, 'sps'),
      at(2, 100, 'sps'),
      at(3, 100, 'first slice'),
      at(4, 100, 'other slice'),
      at(5, 200, 'first slice'),
      at(7, 200, 'other slice'),
      at(9, 300, 'other slice'),
      at(8, 300, 'first slice'),
    ];
    expect(packets.filter((packet) => packet.isFrameStart).map((packet) => packet.extSeq & 0xffff)).toEqual([1, 5, 8]);
    expect(packets.filter((packet) => packet.isGroupStart).map((packet) => packet.extSeq & 0xffff)).toEqual([1]);
  });

  test('starts viewers at the newest group, with its age and size', () => {
    const layer = makeLayer();
    pushed(layer, input(1, { payload: h264Payload('sps'), timestamp: 0 }), 1000);
    pushed(layer, input(2, { timestamp: 0 }), 1001);
    expect(layer.groupStart()).toBe(65537);
    const start = pushed(layer, input(3, { payload: h264Payload('sps'), timestamp: 9000 }), 1100);
    pushed(layer, input(4, { timestamp: 9000 }), 1101);
    expect(layer.groupStart()).toBe(start.extSeq);
    expect(layer.groupStartedMs).toBe(1100);
    expect(layer.groupBytes).toBe(12);
    expect(layer.stats(1101).keyframeIntervalMs).toBe(100);
  });

  test('takes a group start that came after its followers', () => {
    const layer = makeLayer();
    pushed(layer, input(1, { payload: h264Payload('sps'), timestamp: 0 }));
    pushed(layer, input(3, { payload: h264Payload('first slice'), timestamp: 9000 }));
    pushed(layer, input(4, { timestamp: 9000 }));
    expect(layer.groupStart()).toBe(65537);
    const late = pushed(layer, input(2, { payload: h264Payload('sps'), timestamp: 9000 }));
    expect(late.isGroupStart).toBe(true);
    expect(layer.groupStart()).toBe(late.extSeq);
    expect(layer.groupBytes).toBe(18);
  });

  test('starts a group at the first of two SPS, though that came second', () => {
    const layer = makeLayer();
    pushed(layer, input(2, { payload: h264Payload('sps'), timestamp: 9000 }));
    const first = pushed(layer, input(1, { payload: h264Payload('sps'), timestamp: 9000 }));
    expect(layer.groupStart()).toBe(first.extSeq);
    expect(layer.stats(0).keyframeIntervalMs).toBe(undefined);
  });

  test('knows nothing of the publisher before once a new one takes over', () => {
    const layer = makeLayer();
    const packets = realPackets('vp8');
    for (const packet of packets) pushed(layer, packet, 1000);
    pushed(layer, input((packets.at(-1)?.seq ?? 0) + 5), 1000);
    layer.senderReport({ ntpHigh: 3_970_000_000, ntpLow: 0, rtpTimestamp: 5, octetCount: 0 }, 1000);
    layer.keyframes.want(1000);
    expect(layer.keyframes.due(1300)).toBe(true);
    layer.reset();
    pushed(layer, input(9, { timestamp: 77 }), 1400);
    expect(layer.nacks.due(1500)).toEqual([]);
    expect(layer.keyframes.due(1500)).toBe(false);
    expect(layer.size).toBe(undefined);
    expect(layer.capturedMsOf(77)).toBe(1400);
    expect(layer.receptionReport(1400)).toMatchObject({ cumulativeLost: 0, extHighestSeq: 9, lastSr: 0 });
    layer.keyframes.want(1500);
    expect(layer.keyframes.due(1500)).toBe(true);
  });

  test('offers no group of which a packet is overwritten, even when its late first packet is still there', () => {
    const layer = makeLayer({ cache: makeCache({ bytes: 50, slots: 64 }) });
    pushed(layer, input(0));
    pushed(layer, input(2, { timestamp: 9000 }));
    for (let seq = 3; seq < 7; seq++) pushed(layer, input(seq, { timestamp: 9000 }));
    const late = pushed(layer, input(1, { payload: h264Payload('sps'), timestamp: 9000 }));
    expect(layer.groupStart()).toBe(late.extSeq);
    for (let seq = 7; seq < 9; seq++) pushed(layer, input(seq, { timestamp: 9000 }));
    expect(layer.cache.get(late.extSeq)).toBe(late);
    expect(layer.groupStart()).toBe(undefined);
  });

  test('of audio lets viewers start anywhere', () => {
    const layer = makeLayer({ kind: 'audio', clockRate: 48_000 });
    pushed(layer, input(1, { codec: 'opus' }));
    const newest = pushed(layer, input(2, { codec: 'opus', timestamp: 960 }));
    expect(newest.isGroupStart).toBe(true);
    expect(layer.groupStart()).toBe(newest.extSeq);
    expect(layer.stats(0).keyframeIntervalMs).toBe(undefined);
  });

  test('wants a keyframe when loss is beyond asking again', () => {
    const layer = makeLayer();
    pushed(layer, input(1), 0);
    pushed(layer, input(1001), 1);
    expect(layer.nacks.due(100)).toEqual([]);
    expect(layer.keyframes.due(1)).toBe(true);
  });

  test('does not want one for a packet older than the newest group', () => {
    const layer = makeLayer();
    pushed(layer, input(1), 0);
    pushed(layer, input(3, { payload: h264Payload('sps') }), 1);
    for (let nowMs = 10; nowMs < 5000; nowMs += 10) layer.nacks.due(nowMs);
    pushed(layer, input(4), 5000);
    expect(layer.keyframes.due(5000)).toBe(false);
    pushed(layer, input(6), 5001);
    for (let nowMs = 5010; nowMs < 10_000; nowMs += 10) layer.nacks.due(nowMs);
    pushed(layer, input(7), 10_000);
    expect(layer.keyframes.due(10_000)).toBe(true);
  });

  test('takes a keyframe as the answer to the wish for one', () => {
    const layer = makeLayer();
    layer.keyframes.want(0);
    pushed(layer, input(1, { payload: h264Payload('sps') }), 0);
    expect(layer.keyframes.due(0)).toBe(false);
  });

  test('measures what came in the last seconds', () => {
    const layer = makeLayer();
    const payload = new Uint8Array(1000).fill(0x41);
    payload[1] = 0x80;
    let nowMs = 1_700_000_000_000;
    for (let frame = 0; frame < 90; frame++) {
      nowMs += 1000 / 30;
      for (let i = 0; i < 3; i++) {
        payload[1] = i === 0 ? 0x80 : 0;
        if (frame !== 50) layer.push(input(frame * 3 + i, { payload, timestamp: frame * 3000 }), nowMs);
      }
    }
    const stats = layer.stats(nowMs);
    expect(stats.bitrateBps).toBeGreaterThan(0.95 * 720_000);
    expect(stats.bitrateBps).toBeLessThan(1.05 * 720_000);
    expect(Math.abs(stats.framesPerSecond - 30)).toBeLessThan(1.5);
    expect(stats.packets).toBe(267);
    expect(stats.lost).toBe(3);
    expect(layer.stats(nowMs + 3000)).toMatchObject({ bitrateBps: 0, framesPerSecond: 0 });
  });
});

describe.each(['h264', 'vp8', 'vp9', 'av1'] as const)('a real %s stream', (codec) => {
  test('has its two groups and twenty frames found, and its size', () => {
    const layer = makeLayer();
    const packets = realPackets(codec).map((packet) => pushed(layer, packet));
    const starts = packets.filter((packet) => packet.isGroupStart);
    const frames = packets.filter((packet) => packet.isFrameStart);
    expect(frames.length).toBe(20);
    expect(starts.length).toBe(2);
    expect(starts[1]).toBe(frames[10]);
    expect(layer.groupStart()).toBe(starts[1]?.extSeq);
    expect(layer.stats(0)).toMatchObject({ width: 318, height: 178 });
    expect(packets.at(-1)?.marker).toBe(true);
  });

  test('is understood the same when its packets change places', () => {
    const layer = makeLayer();
    const packets = realPackets(codec);
    for (let i = 0; i < packets.length; i += 2) {
      for (const packet of packets.slice(i, i + 2).reverse()) layer.push(packet, 0);
    }
    const inOrder = makeLayer();
    const expected = packets.map((packet) => pushed(inOrder, packet));
    const first = expected[0]?.extSeq ?? 0;
    const offset = (packets[0]?.seq ?? 0) + 65536 - first;
    expect(layer.groupStart()).toBe((inOrder.groupStart() ?? 0) + offset);
    for (const packet of expected) {
      const found = layer.cache.get(packet.extSeq);
      expect(found && payloadOf(found)).toEqual(payloadOf(packet));
    }
  });
});

describe('an encoder with long groups', () => {
  test('is asked for a keyframe in the midst of one, to learn whether it hears, and never again once it does', () => {
    const layer = makeLayer();
    let seq = 0;
    const asked: number[] = [];
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
      layer.probeKeyframes(nowMs);
      const isKey = nowMs === 0 || asked.at(-1) === nowMs - 100;
      const payload = h264Payload(isKey ? 'sps' : 'first slice', seq);
      pushed(layer, input(seq++, { timestamp: nowMs * 90, payload }), nowMs);
      if (layer.keyframes.due(nowMs)) asked.push(nowMs);
    }
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBeGreaterThan(5000);
    expect(layer.stats(60_000).heedsRequests).toBe(true);
  });

  test('that hears nothing is left alone after ten seconds of asking', () => {
    const layer = makeLayer();
    pushed(layer, input(0, { payload: h264Payload('sps') }), 0);
    const asked: number[] = [];
    for (let nowMs = 0; nowMs < 120_000; nowMs += 100) {
      layer.probeKeyframes(nowMs);
      if (layer.keyframes.due(nowMs)) asked.push(nowMs);
    }
    expect(asked.at(-1)).toBeLessThan(16_000);
    expect(layer.stats(120_000).heedsRequests).toBe(false);
  });
});
