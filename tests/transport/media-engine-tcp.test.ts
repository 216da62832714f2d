import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bestSendMode } from '../../src/native/send-mode.ts';
import type { MediaEvent } from '../../src/streams/ports.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { MediaEngine } from '../../src/transport/media-engine.ts';
import type { Drops } from '../../src/transport/messages.ts';
import { writeNack } from '../../src/transport/rtcp-write.ts';
import { RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';
import { frameOf, videoPayload } from './pictures.ts';

const H264_PT = 96;
const OPUS_PT = 111;
const VIEWER_H264 = 104;
const VIEWER_RTX = 105;
const FRAME_MS = 5;
const certificate = createCertificate();

let engine: MediaEngine;
let events: MediaEvent[];
let bugs: unknown[];
let drops: Drops[];
let clients: RtcClient[];
let extSeq: number;
let audioSeq: number;

beforeEach(async () => {
  [events, bugs, drops, clients, extSeq, audioSeq] = [[], [], [], [], 65_530, 127];
  engine = await MediaEngine.open({
    thread: 0,
    rings: [],
    wantKeyframe: () => {},
    port: 0,
    mode: bestSendMode(),
    certificate,
    emit: (event) => events.push(event),
    report: (error) => bugs.push(error),
    drops: (some) => drops.push(some),
  });
});

afterEach(() => {
  for (const client of clients) client.vanish();
  engine.close();
  expect(bugs).toEqual([]);
});

async function connected(opening: Promise<RtcClient>): Promise<RtcClient> {
  const client = await opening;
  clients.push(client);
  await client.connected();
  return client;
}

function options(sessionId: string, transport: 'udp' | 'tcp') {
  return { engine, fingerprint: certificate.fingerprint, sessionId, streamId: 'stream', transport };
}

const publish = (transport: 'udp' | 'tcp') => connected(RtcClient.publish(options('publisher', transport)));
const play = (id: string, transport: 'udp' | 'tcp') => connected(RtcClient.play(options(id, transport)));
const video = (client: RtcClient) => client.received.filter(({ payloadType }) => payloadType === VIEWER_H264);
const audio = (client: RtcClient) => client.received.filter(({ payloadType }) => payloadType === OPUS_PT);
const lastFrame = (client: RtcClient) => frameOf(video(client).at(-1)?.payload ?? Buffer.alloc(4));
const endOf = (sessionId: string) => events.find((event) => event.type === 'ended' && event.sessionId === sessionId);

/** One picture in as many packets as asked for. */
function sendFrame(publisher: RtcClient, frame: number, { isKeyframe = false, packets = 3 } = {}): void {
  for (let part = 0; part < packets; part += 1) {
    const payload = videoPayload(frame, part, isKeyframe, 1100);
    const marker = part === packets - 1;
    publisher.sendRtp({ ssrc: SSRCS.video, payloadType: H264_PT, extSeq, timestamp: frame * 3000, marker }, payload);
    extSeq += 1;
  }
}

function sendSound(publisher: RtcClient): void {
  const packet = { ssrc: SSRCS.audio, payloadType: OPUS_PT, extSeq: audioSeq, timestamp: audioSeq * 960 };
  publisher.sendRtp(packet, Buffer.alloc(80, 3));
  audioSeq += 1;
}

describe('peers over TCP', () => {
  test('publish and watch, every packet as it was sent', async () => {
    const publisher = await publish('tcp');
    const viewers = [await play('tcp', 'tcp'), await play('udp', 'udp')];
    for (let frame = 0; frame < 20; frame += 1) {
      sendFrame(publisher, frame, { isKeyframe: frame === 0 });
      sendSound(publisher);
    }
    for (const viewer of viewers) {
      await until('all came', () => video(viewer).length === 60 && audio(viewer).length === 20);
      expect(video(viewer).map(({ payload }) => frameOf(payload))).toEqual(
        Array.from({ length: 60 }, (_, index) => Math.floor(index / 3)),
      );
      const [first] = video(viewer);
      expect(video(viewer).map(({ seq }) => (seq - (first?.seq ?? 0)) & 0xffff)).toEqual([...new Array(60).keys()]);
      expect(viewer.refused).toBe(0);
    }
  });

  test('get what they ask for again, and say goodbye', async () => {
    const publisher = await publish('udp');
    const viewer = await play('viewer', 'tcp');
    sendFrame(publisher, 0, { isKeyframe: true });
    await until('the picture came', () => video(viewer).length === 3);
    const [, lost] = video(viewer);
    if (!lost) throw new Error('no second packet');
    viewer.sendRtcp([writeNack(1, lost.ssrc, [lost.seq])]);
    await until('it came again', () => viewer.received.some(({ payloadType }) => payloadType === VIEWER_RTX));
    await viewer.close();
    await until('the session ended', () => endOf('viewer'));
    expect(endOf('viewer')).toMatchObject({ reason: 'closed_by_peer' });
  });

  test('are told when their session ends, and their connection closes', async () => {
    const viewer = await play('viewer', 'tcp');
    engine.closeSession('viewer');
    await until('both came', () => viewer.isClosed && viewer.wire.isClosed);
    expect(endOf('viewer')).toBeUndefined();
  });
});

describe('a viewer who changes between UDP and TCP', () => {
  test.each([
    ['udp', 'tcp'],
    ['tcp', 'udp'],
    ['tcp', 'tcp'],
  ] as const)('from %s to %s goes on without a gap', async (from, to) => {
    const publisher = await publish('udp');
    const viewer = await play('viewer', from);
    sendFrame(publisher, 0, { isKeyframe: true });
    await until('the first picture came', () => video(viewer).length === 3);
    const before = await viewer.moveTo(to);
    let frame = 0;
    // What comes by the old way comes all the same.
    await until('media has moved', () => {
      frame += 1;
      sendFrame(publisher, frame);
      return viewer.consents > 0 && video(viewer).length > 3;
    });
    before.close();
    const known = frame;
    for (; frame < known + 20; ) {
      frame += 1;
      sendFrame(publisher, frame);
    }
    await until('all came', () => video(viewer).length === (frame + 1) * 3);
    expect(events.filter(({ type }) => type === 'ended')).toEqual([]);
  });

  test('whose connection breaks goes on by another way from a keyframe on', async () => {
    const publisher = await publish('udp');
    const viewer = await play('viewer', 'tcp');
    sendFrame(publisher, 0, { isKeyframe: true });
    await until('the first picture came', () => video(viewer).length === 3);
    viewer.wire.close();
    let frame = 0;
    await until('pictures are lost', () => {
      frame += 1;
      sendFrame(publisher, frame);
      return frame > 3;
    });
    await viewer.moveTo('udp');
    await until('the picture goes on from a keyframe', () => {
      frame += 1;
      sendFrame(publisher, frame, { isKeyframe: publisher.reports.some(({ type }) => type === 'pli') });
      return video(viewer).length > 3;
    });
    expect(video(viewer)[3]?.payload[0]).toBe(0x78);
    expect(endOf('viewer')).toBeUndefined();
  });
});

describe('a viewer over TCP who reads nothing for a while', () => {
  test('misses pictures up to a keyframe, hears on, and holds up nobody', async () => {
    const publisher = await publish('udp');
    const [slow, quick] = [await play('slow', 'tcp'), await play('quick', 'tcp')];
    sendFrame(publisher, 0, { isKeyframe: true });
    for (const viewer of [slow, quick]) await until('the first picture came', () => video(viewer).length === 3);
    slow.wire.pause();

    // Far more than sockets and queues hold, at a rate that a quick viewer takes.
    let frame = 0;
    const heardBefore = audio(slow).length;
    const sendNext = (isKeyframe = false) => {
      frame += 1;
      sendFrame(publisher, frame, { isKeyframe, packets: 12 });
      sendSound(publisher);
    };
    await until(
      'packets were left out',
      () => {
        sendNext();
        return drops.some(({ unsent }) => unsent > 0);
      },
      { everyMs: FRAME_MS },
    );
    const stalledFrame = frame;
    await until('the quick one has all', () => lastFrame(quick) === frame);
    expect(video(quick).length).toBe(3 + stalledFrame * 12);

    slow.wire.resume();
    const isAsked = () => publisher.reports.some(({ type }) => type === 'pli');
    await until(
      'a keyframe is asked for',
      () => {
        sendNext();
        return isAsked();
      },
      { everyMs: FRAME_MS },
    );
    sendNext(true);
    const keyframe = frame;
    sendNext();
    await until('it goes on', () => lastFrame(slow) === frame);
    const shown = [...new Set(video(slow).map(({ payload }) => frameOf(payload)))];
    const gap = shown.findIndex((value, index) => index > 0 && value !== (shown[index - 1] ?? 0) + 1);
    expect(shown[gap]).toBe(keyframe);
    const [first] = video(slow);
    expect(video(slow).map(({ seq }) => (seq - (first?.seq ?? 0)) & 0xffff)).toEqual([
      ...new Array(video(slow).length).keys(),
    ]);
    expect(audio(slow).length).toBeGreaterThan(heardBefore);
    expect(slow.refused).toBe(0);
    expect(events.filter(({ type }) => type === 'ended')).toEqual([]);
  });
});
