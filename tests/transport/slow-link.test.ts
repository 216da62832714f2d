import { afterEach, beforeEach, expect, test } from 'vitest';
import { bestSendMode } from '../../src/native/send-mode.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { MediaEngine } from '../../src/transport/media-engine.ts';
import type { Drops } from '../../src/transport/messages.ts';
import { RtcClient, SSRCS } from '../support/rtc-client.ts';
import { TcpLink } from '../support/tcp-link.ts';
import { until } from '../support/until.ts';
import { frameOf, videoPayload } from './pictures.ts';

const H264_PT = 96;
const VIEWER_H264 = 104;
const FRAME_MS = 33;
// Some 2.5 Mbit/s.
const PACKETS = 9;
const GROUP = 30;
const SLOW_BPS = 400_000;
const certificate = createCertificate();

let engine: MediaEngine;
let link: TcpLink;
let drops: Drops[];
let clients: RtcClient[];

beforeEach(async () => {
  [drops, clients] = [[], []];
  engine = await MediaEngine.open({
    thread: 0,
    rings: [],
    wantKeyframe: () => {},
    port: 0,
    mode: bestSendMode(),
    certificate,
    emit: () => {},
    report: (error) => {
      throw error;
    },
    drops: (some) => drops.push(some),
  });
  link = await TcpLink.open({ serverPort: engine.port });
});

afterEach(() => {
  for (const client of clients) client.vanish();
  link.close();
  engine.close();
});

async function connected(opening: Promise<RtcClient>): Promise<RtcClient> {
  const client = await opening;
  clients.push(client);
  await client.connected();
  return client;
}

test('a viewer over TCP is as live as before once his slow link has recovered', { retry: 1 }, async () => {
  const options = { fingerprint: certificate.fingerprint, streamId: 'stream' };
  const publisher = await connected(RtcClient.publish({ ...options, engine, sessionId: 'publisher' }));
  // The engine, but by way of the link.
  const throughLink = {
    port: link.port,
    openPublisher: () => {},
    openViewer: (request: Parameters<MediaEngine['openViewer']>[0]) => engine.openViewer(request),
  };
  const viewer = await connected(
    RtcClient.play({ ...options, engine: throughLink, sessionId: 'viewer', transport: 'tcp' }),
  );

  // An encoder with a keyframe each second, which it makes for nobody.
  const sentMs: number[] = [];
  let extSeq = 0;
  const encoder = setInterval(() => {
    const frame = sentMs.push(performance.now()) - 1;
    for (let part = 0; part < PACKETS; part += 1) {
      const packet = { ssrc: SSRCS.video, payloadType: H264_PT, extSeq, timestamp: frame * 3000 };
      const isKeyframe = frame % GROUP === 0;
      publisher.sendRtp({ ...packet, marker: part === PACKETS - 1 }, videoPayload(frame, part, isKeyframe, 1150));
      extSeq += 1;
    }
  }, FRAME_MS);
  const delaysMs: number[] = [];
  let seen = 0;
  const watcher = setInterval(() => {
    for (; seen < viewer.received.length; seen += 1) {
      const packet = viewer.received[seen];
      if (packet?.payloadType !== VIEWER_H264) continue;
      delaysMs.push(performance.now() - (sentMs[frameOf(packet.payload)] ?? 0));
    }
  }, 1);
  const isLive = () => delaysMs.length > 30 * PACKETS && delaysMs.slice(-30 * PACKETS).every((ms) => ms < 200);

  try {
    await until('a second came in time', isLive);
    link.slowTo(SLOW_BPS);
    await until('pictures are left out', () => drops.some(({ unsent }) => unsent > 0));
    const before = delaysMs.length;
    await until('a keyframe came over the slow link', () => delaysMs.length > before + 20 * PACKETS);
    link.free();
    const freeMs = performance.now();
    delaysMs.length = 0;
    await until('a second came in time', isLive);
    // The queue, the wait for a keyframe, and a second of pictures in time.
    expect(performance.now() - freeMs).toBeLessThan(4000);
    expect(viewer.refused).toBe(0);
  } finally {
    clearInterval(encoder);
    clearInterval(watcher);
  }
});
