import { beforeEach, describe, expect, test } from 'vitest';
import type { Layer } from '../../src/media/layer.ts';
import type { Packet } from '../../src/media/packet.ts';
import { MediaMemory } from '../../src/transport/media-memory.ts';
import { h264Payload, input, makeLayer, payloadOf, pushed, vp8Payload } from '../media/packets.ts';
import { batch, Numbers, PTS, RTX_SSRC, SSRC, Viewer } from './receiving-viewer.ts';

let memory: MediaMemory;
const newLayer = () => makeLayer({ cache: memory.createCache('video') });

/** Pictures of one packet each, the first one a keyframe. */
function push(layer: Layer, seq: number, count: number, options: { key?: boolean; nowMs?: number } = {}): Packet[] {
  const { key = true, nowMs = 0 } = options;
  return Array.from({ length: count }, (_, index) => {
    const payload = h264Payload(key && index === 0 ? 'sps' : 'first slice', seq + index);
    return pushed(layer, input(seq + index, { payload, timestamp: ((seq + index) * 3000) >>> 0, marker: true }), nowMs);
  });
}

beforeEach(() => {
  memory = new MediaMemory();
});

describe('an egress track', () => {
  test('waits for a group start and goes on from there', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    expect(viewer.track.want(layer, 0)).toBe(true);
    viewer.track.offer(batch(push(layer, 10, 3, { key: false })), 0);
    expect(viewer.received()).toEqual([]);
    viewer.track.offer(batch(push(layer, 13, 3)), 0);
    viewer.track.offer(batch(push(layer, 16, 2, { key: false })), 0);
    expect(viewer.received().map(({ seq }) => seq)).toEqual([100, 101, 102, 103, 104]);
  });

  test('replays a fresh group in chunks and misses nothing that comes meanwhile', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    push(layer, 65_500, 60);
    expect(viewer.track.follow(layer, 10)).toBe(false);
    viewer.track.replay(10);
    expect(viewer.track.isReplaying).toBe(true);
    viewer.track.offer(batch(push(layer, 65_560, 5, { key: false })), 10);
    while (viewer.track.isReplaying) viewer.track.replay(11);
    viewer.track.offer(batch(push(layer, 65_565, 5, { key: false })), 12);
    const received = viewer.received();
    expect(received.map(({ seq }) => seq)).toEqual(Array.from({ length: 70 }, (_, index) => 100 + index));
    // The replay seems to have been made now, and ends in step.
    expect(received[0]?.timestamp).toBeCloseTo(65_559 * 3000 + 10 * 90, -1);
    expect(received.slice(62).map(({ timestamp }) => timestamp / 3000)).toEqual(
      Array.from({ length: 8 }, (_, index) => 65_562 + index),
    );
  });

  test('a replay goes on with the newest group as soon as there is one, in one unbroken sequence', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    push(layer, 1, 200);
    viewer.track.follow(layer, 0);
    viewer.track.replay(0);
    push(layer, 201, 20);
    viewer.track.replay(1);
    expect(viewer.track.isReplaying).toBe(false);
    const received = viewer.received();
    expect(received.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 + 20 }, (_, index) => 100 + index));
    expect(received.map(({ payload }) => payload[2])).toEqual([
      ...Array.from({ length: 24 }, (_, index) => 1 + index),
      ...Array.from({ length: 20 }, (_, index) => (201 + index) & 0xff),
    ]);
    const steps = received.slice(1).map(({ timestamp }, index) => timestamp - (received[index]?.timestamp ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
  });

  test('a replay leaves its first picture for no newer group', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    for (let part = 0; part < 30; part += 1) {
      const payload = h264Payload(part === 0 ? 'sps' : 'other slice', part);
      pushed(layer, input(1 + part, { payload, timestamp: 3000, marker: part === 29 }), 0);
    }
    push(layer, 31, 50, { key: false });
    viewer.track.follow(layer, 0);
    viewer.track.replay(0);
    push(layer, 81, 10);
    viewer.track.replay(1);
    viewer.track.replay(2);
    expect(viewer.track.isReplaying).toBe(false);
    const timestamps = viewer.received().map(({ timestamp }) => timestamp);
    expect(timestamps.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => timestamps[0]));
    expect(timestamps).toHaveLength(24 + 24 + 10);
  });

  test('asks for a keyframe where there is no group, or only an old one', () => {
    const layer = newLayer();
    push(layer, 1, 5, { key: false });
    expect(new Viewer(memory).track.follow(layer, 0)).toBe(true);
    push(layer, 6, 5);
    expect(new Viewer(memory).track.follow(layer, 2_501)).toBe(true);
    expect(new Viewer(memory).track.follow(layer, 2_499)).toBe(false);
  });

  test('where the request for a keyframe meets deaf ears, an older group is better than no picture', () => {
    const layer = newLayer();
    push(layer, 1, 5);
    const viewer = new Viewer(memory);
    expect(viewer.track.follow(layer, 4_000)).toBe(true);
    viewer.track.follow(layer, 4_599);
    expect(viewer.track.isReplaying).toBe(false);
    expect(viewer.track.follow(layer, 4_600)).toBe(false);
    viewer.track.replay(4_600);
    expect(viewer.received().length).toBe(5);

    const late = new Viewer(memory);
    late.track.follow(layer, 9_500);
    expect(late.track.follow(layer, 10_100)).toBe(true);
  });

  test('ends a replay where the sender restarted, and begins again at its next group', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    push(layer, 100, 40);
    viewer.track.follow(layer, 0);
    viewer.track.replay(0);
    // A jump, confirmed by the packet after it.
    layer.push(input(30_000), 1);
    const restarted = push(layer, 30_001, 3, { key: false });
    viewer.track.replay(1);
    viewer.track.offer(batch(restarted), 1);
    const received = viewer.received();
    expect(received.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => 100 + index));
    expect(viewer.track.isInStep).toBe(false);
    viewer.track.offer(batch(push(layer, 30_004, 2)), 2);
    expect(viewer.received().map(({ seq }) => seq)).toEqual([140, 141]);
    expect(viewer.track.isInStep).toBe(true);
  });

  test('a codec the viewer did not offer is not sent, and after it the viewer can still follow', () => {
    const viewer = new Viewer(memory);
    const old = newLayer();
    viewer.track.want(old, 0);
    viewer.track.offer(batch(push(old, 1, 3)), 0);
    const foreign = newLayer();
    expect(viewer.track.want(foreign, 0)).toBe(true);
    for (let seq = 0; seq < 70_000; seq += 1) {
      const payload = vp8Payload({ pictureId: seq & 0x7fff, tl0PicIdx: 0, isKey: seq === 0 });
      const packet = pushed(foreign, input(seq, { codec: 'vp8', payload, timestamp: seq }), 1);
      viewer.track.offer(batch([packet]), 1);
    }
    expect(viewer.track.lacksCodec).toBe(true);
    const again = newLayer();
    viewer.track.want(again, 0);
    expect(viewer.track.lacksCodec).toBe(false);
    viewer.track.offer(batch(push(again, 9, 2)), 2);
    expect(viewer.received().map(({ seq }) => seq)).toEqual([100, 101, 102, 103, 104]);
  });

  test('the cached group of a codec the viewer did not offer is neither replayed nor asked for anew', () => {
    const viewer = new Viewer(memory);
    const foreign = newLayer();
    const payload = vp8Payload({ pictureId: 1, tl0PicIdx: 1, isKey: true });
    pushed(foreign, input(1, { codec: 'vp8', payload }), 0);
    expect(viewer.track.follow(foreign, 0)).toBe(false);
    viewer.track.replay(0);
    expect(viewer.received()).toEqual([]);
    expect(viewer.track.lacksCodec).toBe(true);
  });

  test('switching to and fro keeps one unbroken sequence and never seals a number twice', () => {
    const viewer = new Viewer(memory, { hasRtx: false, firstSeq: 32_000 });
    const layers = [newLayer(), newLayer(), newLayer()];
    const seqs: number[] = [];
    for (let round = 0; round < 3000; round += 1) {
      const layer = layers[round % 3];
      if (!layer) throw new Error('no layer');
      viewer.track.want(layer, 0);
      const start = Math.floor(round / 3) * 25;
      viewer.track.offer(batch(push(layer, start, 12)), round);
      // One comes late.
      const [first, late, ...rest] = push(layer, start + 12, 13, { key: false });
      if (!first || !late) throw new Error('no packets');
      viewer.track.offer(batch([first, ...rest]), round);
      viewer.track.offer(batch([late]), round);
      const received = viewer.received();
      seqs.push(...received.map(({ seq }) => seq));
      viewer.track.resend(
        received.slice(-5).map(({ seq }) => seq),
        50,
        round * 100,
      );
      expect(viewer.received()).toEqual([]);
    }
    expect(seqs.length).toBe(75_000);
    expect(new Set(seqs).size).toBe(65_536);
  });

  test('equal padding for all: a packet sent a second time without RTX is the same to the byte', () => {
    const viewer = new Viewer(memory, { hasRtx: false });
    const layer = newLayer();
    viewer.track.want(layer, 0);
    const lengths = [700, 699, 700, 698, 1, 0, 699];
    const packets = lengths.map((length, index) => {
      const payload = new Uint8Array(length).fill(0x41);
      payload.set(h264Payload('sps', index).subarray(0, length));
      return pushed(layer, input(index, { payload, timestamp: 7 }), 0);
    });
    viewer.track.offer(batch(packets), 0);
    const received = viewer.received();
    expect(received.map(({ payload }) => payload.length)).toEqual(lengths);
    for (const { seq } of received) viewer.track.resend([seq], 50, 10);
    expect(viewer.port.datagrams.length).toBe(lengths.length);
    // `received` compares the bytes.
    expect(viewer.received()).toEqual([]);
  });

  test('RTX repeats the payload as the viewer knew it, from the source it was sent from', () => {
    const viewer = new Viewer(memory, { codecs: ['vp8'] });
    const push8 = (layer: Layer, seq: number, pictureId: number) => {
      const payload = vp8Payload({ pictureId, tl0PicIdx: pictureId & 0xff, isKey: true });
      return pushed(layer, input(seq, { codec: 'vp8', payload, timestamp: seq * 3000, marker: true }), 0);
    };
    for (const [index, pictureId] of [7, 30_000, 500].entries()) {
      const layer = newLayer();
      viewer.track.want(layer, 0);
      viewer.track.offer(batch([push8(layer, 40_000 + index, pictureId)]), index);
    }
    const received = viewer.received();
    viewer.track.resend(
      received.map(({ seq }) => seq),
      50,
      10,
    );
    const again = viewer.received();
    expect(again.map(({ ssrc, seq, payloadType }) => [ssrc, seq, payloadType])).toEqual(
      [500, 501, 502].map((seq) => [RTX_SSRC, seq, PTS.vp8 + 1]),
    );
    expect(again.map(({ payload }) => [payload.readUInt16BE(0), payload.subarray(2)])).toEqual(
      received.map(({ seq, payload }) => [seq, payload]),
    );
    expect(again.map(({ timestamp }) => timestamp)).toEqual(received.map(({ timestamp }) => timestamp));
  });

  test('what is asked for again within a round trip is sent once, later twice', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    viewer.track.want(layer, 0);
    viewer.track.offer(batch(push(layer, 1, 3)), 0);
    viewer.received();
    for (let ms = 0; ms < 40; ms += 1) viewer.track.resend([101], 50, 100 + ms);
    expect(viewer.received().length).toBe(1);
    viewer.track.resend([101], 50, 140);
    expect(viewer.received().length).toBe(2);
  });

  test('a flood of NACKs draws no more packets than were sent, and at most 512', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    viewer.track.want(layer, 0);
    viewer.track.offer(batch(push(layer, 0, 300)), 0);
    viewer.received();
    const all = Array.from({ length: 300 }, (_, index) => 100 + index);
    for (let ms = 0; ms < 100; ms += 1) viewer.track.resend(all, 0, ms * 20);
    expect(viewer.received().length).toBe(300);
    viewer.track.offer(batch(push(layer, 300, 2000, { key: false })), 0);
    viewer.received();
    for (let ms = 0; ms < 100; ms += 1) viewer.track.resend(all, 0, 3000 + ms * 20);
    expect(viewer.received().length).toBe(512);
  });

  test('who asks for a keyframe while he joins gets the picture he began with once more, once a round trip', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    const first = Array.from({ length: 3 }, (_, part) => {
      const payload = h264Payload(part === 0 ? 'sps' : 'other slice', part);
      return pushed(layer, input(65_534 + part, { payload, timestamp: 3000, marker: part === 2 }));
    });
    viewer.track.follow(layer, 0);
    viewer.track.replay(0);
    viewer.track.offer(batch(push(layer, 65_537, 5, { key: false })), 30);
    viewer.received();

    viewer.track.repeatStart(50, 60);
    viewer.track.repeatStart(50, 100);
    const again = viewer.received();
    expect(again.map(({ ssrc }) => ssrc)).toEqual([RTX_SSRC, RTX_SSRC, RTX_SSRC]);
    expect(again.map(({ payload }) => payload.readUInt16BE())).toEqual([100, 101, 102]);
    expect(again.map(({ payload }) => payload.subarray(2))).toEqual(
      first.map((packet) => Buffer.from(payloadOf(packet))),
    );
    viewer.track.repeatStart(50, 110);
    expect(viewer.received().length).toBe(3);
    viewer.track.repeatStart(50, 160);
    expect(viewer.received().length, 'no more than was sent').toBe(2);
    viewer.track.repeatStart(50, 2001);
    expect(viewer.received()).toEqual([]);
  });

  test('who asks for a keyframe after a switch gets nothing that he has', () => {
    const viewer = new Viewer(memory);
    const [before, after] = [newLayer(), newLayer()];
    viewer.track.want(before, 0);
    viewer.track.offer(batch(push(before, 1, 5)), 0);
    viewer.track.want(after, 100);
    viewer.track.offer(batch(push(after, 1, 5)), 100);
    viewer.received();
    viewer.track.repeatStart(50, 200);
    expect(viewer.received()).toEqual([]);
  });

  test('numbers never sent, or from before the first, bring nothing', () => {
    const viewer = new Viewer(memory);
    const layer = newLayer();
    viewer.track.resend([100], 50, 0);
    viewer.track.want(layer, 0);
    viewer.track.offer(batch(push(layer, 1, 3)), 0);
    viewer.received();
    viewer.track.resend([99, 103, 104, 40_000, 65_535, 0], 50, 0);
    expect(viewer.received()).toEqual([]);
  });
});

describe('an egress track under congestion control', () => {
  test('numbers every packet, also those sent again, and tells the size of each datagram', () => {
    const numbers = new Numbers();
    const viewer = new Viewer(memory, { congestion: numbers });
    const layer = newLayer();
    viewer.track.follow(layer, 0);
    viewer.track.offer(batch(push(layer, 1, 5)), 0);
    viewer.track.resend([101, 103], 50, 10);
    const sizes = viewer.port.datagrams.map(({ length }) => length);
    const received = viewer.received();
    expect(received.map(({ transportSeq }) => transportSeq)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(received.map(({ ssrc }) => ssrc)).toEqual([SSRC, SSRC, SSRC, SSRC, SSRC, RTX_SSRC, RTX_SSRC]);
    expect(numbers.bytes).toEqual(sizes);
  });

  test('has no numbers where packets can only be sent again as they were', () => {
    const viewer = new Viewer(memory, { hasRtx: false, congestion: new Numbers() });
    const layer = newLayer();
    viewer.track.follow(layer, 0);
    viewer.track.offer(batch(push(layer, 1, 3)), 0);
    viewer.track.resend([101], 50, 10);
    expect(viewer.received().map(({ transportSeq }) => transportSeq)).toEqual([undefined, undefined, undefined]);
  });

  test('pads with its newest packets by RTX, no more than it is asked for', () => {
    const viewer = new Viewer(memory, { congestion: new Numbers() });
    const layer = newLayer();
    viewer.track.follow(layer, 0);
    viewer.track.offer(batch(push(layer, 1, 5)), 0);
    const sent = viewer.received();
    viewer.track.pad(8 * 8, 10);
    const padding = viewer.received();
    expect(padding).toHaveLength(8);
    expect(new Set(padding.map(({ ssrc }) => ssrc))).toEqual(new Set([RTX_SSRC]));
    expect(padding.map(({ seq }) => seq)).toEqual([500, 501, 502, 503, 504, 505, 506, 507]);
    for (const { payload } of padding) {
      const original = sent.find(({ seq }) => seq === payload.readUInt16BE(0));
      expect(payload.subarray(2)).toEqual(original?.payload);
    }
  });

  test('pads nothing before anything was sent', () => {
    const viewer = new Viewer(memory, { congestion: new Numbers() });
    viewer.track.pad(10_000, 0);
    expect(viewer.received()).toEqual([]);
  });

  test('pads with nothing while it is stopped, goes on by a keyframe, and numbers all of it', () => {
    const viewer = new Viewer(memory, { congestion: new Numbers() });
    const layer = newLayer();
    viewer.track.follow(layer, 0);
    viewer.track.offer(batch(push(layer, 1, 5)), 0);
    viewer.track.stop();
    expect(viewer.track.rests).toBe(true);
    viewer.track.offer(batch(push(layer, 6, 5)), 0);
    viewer.track.resend([101], 50, 10);
    expect(viewer.received().map(({ seq }) => seq)).toEqual([100, 101, 102, 103, 104]);
    viewer.track.pad(2000, 10);
    const padding = viewer.received();
    expect(padding.map(({ ssrc, payload }) => [ssrc, payload.length])).toEqual(padding.map(() => [RTX_SSRC, 0]));
    expect(padding.map(({ seq }) => seq)).toEqual(padding.map((_, index) => 500 + index));
    expect(padding.map(({ transportSeq }) => transportSeq)).toEqual(padding.map((_, index) => 5 + index));
    expect(padding.length).toBe(Math.ceil(2000 / (12 + 8 + 255 + 16)));
    expect(viewer.track.follow(layer, 10_000)).toBe(true);
    viewer.track.offer(batch(push(layer, 11, 2, { key: false })), 10_000);
    viewer.track.offer(batch(push(layer, 13, 2)), 10_000);
    expect(viewer.received().map(({ seq, transportSeq }) => [seq, (transportSeq ?? 0) - padding.length])).toEqual([
      [105, 5],
      [106, 6],
    ]);
  });

  test('stays in step when it was about to leave a layer and is called back', () => {
    const viewer = new Viewer(memory);
    const [one, two] = [newLayer(), newLayer()];
    viewer.track.follow(one, 0);
    viewer.track.offer(batch(push(one, 1, 3)), 0);
    expect(viewer.track.follow(two, 10)).toBe(true);
    expect(viewer.track.follow(one, 20)).toBe(false);
    expect(viewer.track.isReplaying).toBe(false);
    viewer.track.offer(batch(push(one, 4, 2, { key: false })), 20);
    viewer.track.offer(batch(push(two, 1, 2)), 20);
    expect(viewer.received().map(({ seq }) => seq)).toEqual([100, 101, 102, 103, 104]);
  });

  test('that is stopped sends nothing of its layer, not even again, until the next one begins', () => {
    const viewer = new Viewer(memory, { congestion: new Numbers() });
    const [one, two] = [newLayer(), newLayer()];
    viewer.track.follow(one, 0);
    viewer.track.offer(batch(push(one, 1, 3)), 0);
    viewer.received();
    viewer.track.stop();
    viewer.track.offer(batch(push(one, 4, 2)), 10);
    expect(viewer.track.follow(two, 10)).toBe(true);
    viewer.track.offer(batch(push(one, 6, 3, { key: false })), 20);
    viewer.track.resend([101], 50, 30);
    expect(viewer.received()).toEqual([]);
    viewer.track.offer(batch(push(two, 1, 2)), 40);
    viewer.track.resend([101, 103], 50, 50);
    const received = viewer.received().map(({ ssrc, seq }) => [ssrc, seq]);
    expect(received).toEqual([
      [SSRC, 103],
      [SSRC, 104],
      [RTX_SSRC, 500],
    ]);
  });

  test('that is stopped and called back begins anew, at a group', () => {
    const viewer = new Viewer(memory, { congestion: new Numbers() });
    const [one, two] = [newLayer(), newLayer()];
    viewer.track.follow(one, 0);
    viewer.track.offer(batch(push(one, 1, 3)), 0);
    viewer.track.stop();
    viewer.track.follow(two, 10);
    viewer.received();
    expect(viewer.track.follow(one, 1100)).toBe(true);
    viewer.track.offer(batch(push(one, 4, 2, { key: false, nowMs: 1110 })), 1110);
    expect(viewer.received()).toEqual([]);
    viewer.track.offer(batch(push(one, 6, 2, { nowMs: 1120 })), 1120);
    expect(viewer.received().map(({ seq }) => seq)).toEqual([103, 104]);
  });

  test('that was stopped begins with a young group at once, with an older one when no keyframe comes', () => {
    for (const [ageMs, waitMs] of [
      [900, 0],
      [1100, 600],
    ] as const) {
      const viewer = new Viewer(memory, { congestion: new Numbers() });
      const [one, two] = [newLayer(), newLayer()];
      viewer.track.follow(one, 0);
      viewer.track.offer(batch(push(one, 1, 3)), 0);
      viewer.track.stop();
      viewer.received();
      const packets = push(two, 1, 4);
      let nowMs = ageMs;
      expect(viewer.track.follow(two, nowMs)).toBe(waitMs > 0);
      nowMs += waitMs;
      expect(viewer.track.follow(two, nowMs)).toBe(false);
      expect(viewer.track.isReplaying).toBe(true);
      viewer.track.replay(nowMs);
      expect(viewer.received().map(({ payload }) => payload)).toHaveLength(packets.length);
    }
  });
});
