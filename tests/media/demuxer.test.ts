import { describe, expect, test } from 'vitest';
import { Demuxer, type Route } from '#src/media/demuxer.ts';
import type { CodecName, IngestTrackPlan, PayloadPlan } from '#src/media/plan.ts';
import { RtpHeader } from '#src/media/rtp-header.ts';

const midId = 1;
const ridId = 2;
const repairedRidId = 3;

function payload(pt: number, name: CodecName, rtxPt?: number): PayloadPlan {
  const codec = { name, clockRate: name === 'opus' ? 48_000 : 90_000, fmtp: '' };
  const rtx = rtxPt === undefined ? {} : { rtxPt };
  return { pt, codec, ...rtx, hasNack: true, hasPli: true, hasTransportCc: true, hasRemb: false };
}

function audio(plan: Partial<IngestTrackPlan> = {}): IngestTrackPlan {
  const none = { extensions: {}, ssrcs: [], rids: [], mayHaveLayers: false };
  return { mid: 'a', kind: 'audio', payloads: [payload(111, 'opus')], ...none, ...plan };
}

function video(plan: Partial<IngestTrackPlan> = {}): IngestTrackPlan {
  const payloads = [payload(96, 'vp8', 97), payload(102, 'h264', 103)];
  return { mid: 'v', kind: 'video', payloads, extensions: {}, ssrcs: [], rids: [], mayHaveLayers: false, ...plan };
}

const allExtensions = { mid: midId, rid: ridId, repairedRid: repairedRidId };

function header(pt: number, ssrc: number, texts: Partial<Record<1 | 2 | 3, string>> = {}): RtpHeader {
  const elements = Object.entries(texts).flatMap(([id, text]) => [
    (Number(id) << 4) | (text.length - 1),
    ...Buffer.from(text),
  ]);
  while (elements.length % 4 !== 0) elements.push(0);
  const bytes = Buffer.from([0x90, pt, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, elements.length / 4, ...elements]);
  bytes.writeUInt32BE(ssrc, 8);
  const read = new RtpHeader();
  expect(read.read(bytes, 0, bytes.length)).toBe(true);
  return read;
}

function told(route: Route | undefined) {
  return route && [route.trackIndex, route.rid, route.payload.pt, route.isRtx, route.isNewSource];
}

describe('packets of a plan without simulcast', () => {
  test('go by the SSRCs of the offer', () => {
    const demuxer = new Demuxer([audio({ ssrcs: [{ ssrc: 1 }] }), video({ ssrcs: [{ ssrc: 2, rtxSsrc: 3 }] })]);
    expect(told(demuxer.route(header(111, 1)))).toEqual([0, '', 111, false, false]);
    expect(told(demuxer.route(header(102, 2)))).toEqual([1, '', 102, false, false]);
    expect(told(demuxer.route(header(103, 3)))).toEqual([1, '', 102, true, false]);
  });

  test('go by the first SSRC of a track where the offer names several without rids', () => {
    const demuxer = new Demuxer([video({ ssrcs: [{ ssrc: 1 }, { ssrc: 2 }] })]);
    expect(demuxer.route(header(96, 2))).toBe(undefined);
    expect(told(demuxer.route(header(96, 1)))).toEqual([0, '', 96, false, false]);
  });

  test('go by payload type where nothing else tells', () => {
    const demuxer = new Demuxer([audio(), video()]);
    expect(told(demuxer.route(header(96, 0xfffffffe)))).toEqual([1, '', 96, false, false]);
    expect(told(demuxer.route(header(97, 7)))).toEqual([1, '', 96, true, false]);
    expect(told(demuxer.route(header(111, 8)))).toEqual([0, '', 111, false, false]);
    expect(demuxer.route(header(100, 9))).toBe(undefined);
  });

  test('go by mid where two tracks share a payload type, and nowhere without', () => {
    const extensions = { mid: midId };
    const demuxer = new Demuxer([video({ mid: 'x', extensions }), video({ mid: 'y', extensions })]);
    expect(demuxer.route(header(96, 1))).toBe(undefined);
    expect(told(demuxer.route(header(96, 1, { 1: 'y' })))).toEqual([1, '', 96, false, false]);
    expect(told(demuxer.route(header(96, 1)))).toEqual([1, '', 96, false, false]);
    expect(demuxer.route(header(96, 2, { 1: 'z' }))).toBe(undefined);
    expect(demuxer.route(header(111, 3, { 1: 'x' }))).toBe(undefined);
  });

  test('may carry a rid that was never offered, as those of OBS do', () => {
    const demuxer = new Demuxer([audio({ extensions: allExtensions }), video({ extensions: allExtensions })]);
    expect(told(demuxer.route(header(96, 5, { 1: 'v', 2: '0' })))).toEqual([1, '', 96, false, false]);
    expect(told(demuxer.route(header(102, 6, { 2: '0' })))).toEqual([1, '', 102, false, true]);
  });

  test('keep their way without allocating a new route', () => {
    const demuxer = new Demuxer([audio(), video()]);
    expect(demuxer.route(header(96, 5))).toBe(demuxer.route(header(96, 5)));
  });

  test('change payload type within an SSRC', () => {
    const demuxer = new Demuxer([video()]);
    demuxer.route(header(96, 5));
    expect(told(demuxer.route(header(102, 5)))).toEqual([0, '', 102, false, false]);
    expect(demuxer.route(header(111, 5))).toBe(undefined);
  });
});

describe('a new SSRC in mid-stream', () => {
  test('takes the layer over, says so once, and late packets of the old one do not take it back', () => {
    const demuxer = new Demuxer([audio(), video({ ssrcs: [{ ssrc: 1, rtxSsrc: 2 }] })]);
    demuxer.route(header(96, 1));
    expect(told(demuxer.route(header(96, 10)))).toEqual([1, '', 96, false, true]);
    expect(told(demuxer.route(header(96, 10)))).toEqual([1, '', 96, false, false]);
    expect(demuxer.route(header(96, 1))).toBe(undefined);
    expect(told(demuxer.route(header(97, 2)))).toEqual([1, '', 96, true, false]);
  });

  test('of retransmissions resets nothing', () => {
    const demuxer = new Demuxer([video()]);
    demuxer.route(header(96, 1));
    demuxer.route(header(97, 2));
    expect(told(demuxer.route(header(97, 3)))).toEqual([0, '', 96, true, false]);
    expect(told(demuxer.route(header(96, 1)))).toEqual([0, '', 96, false, false]);
  });

  test('may come a thousand times', () => {
    const demuxer = new Demuxer([video()]);
    demuxer.route(header(96, 1));
    for (let ssrc = 2; ssrc < 1000; ssrc++) expect(demuxer.route(header(96, ssrc))?.isNewSource).toBe(true);
    expect(demuxer.route(header(96, 999))?.isNewSource).toBe(false);
    expect(demuxer.route(header(96, 998))).toBe(undefined);
  });
});

describe('packets of simulcast', () => {
  const rids = ['h', 'm', 'l', 'x'];
  const plans = [audio({ extensions: { mid: midId } }), video({ rids, extensions: allExtensions })];

  test('go by rid, and their retransmissions by the repaired rid', () => {
    const demuxer = new Demuxer(plans);
    for (const [i, rid] of rids.entries()) {
      expect(told(demuxer.route(header(96, 10 + i, { 1: 'v', 2: rid })))).toEqual([1, rid, 96, false, false]);
      expect(told(demuxer.route(header(97, 20 + i, { 1: 'v', 3: rid })))).toEqual([1, rid, 96, true, false]);
    }
    expect(told(demuxer.route(header(96, 12)))).toEqual([1, 'l', 96, false, false]);
    expect(told(demuxer.route(header(97, 20)))).toEqual([1, 'h', 96, true, false]);
  });

  test('go nowhere without a rid, or with an unknown one', () => {
    const demuxer = new Demuxer(plans);
    expect(demuxer.route(header(96, 1, { 1: 'v' }))).toBe(undefined);
    expect(demuxer.route(header(96, 1, { 1: 'v', 2: 'q' }))).toBe(undefined);
    expect(demuxer.route(header(96, 1, { 2: 'q' }))).toBe(undefined);
    expect(told(demuxer.route(header(96, 1, { 2: 'm' })))).toEqual([1, 'm', 96, false, false]);
  });

  test('move a single layer to a new SSRC and leave the others', () => {
    const demuxer = new Demuxer(plans);
    for (const [i, rid] of rids.entries()) demuxer.route(header(96, 10 + i, { 1: 'v', 2: rid }));
    expect(told(demuxer.route(header(96, 30, { 1: 'v', 2: 'm' })))).toEqual([1, 'm', 96, false, true]);
    expect(told(demuxer.route(header(96, 10)))).toEqual([1, 'h', 96, false, false]);
    expect(demuxer.route(header(96, 11))).toBe(undefined);
  });
});
