import { afterEach, beforeEach, expect, test } from 'vitest';
import { bestSendMode } from '../../src/native/send-mode.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { MediaEngine } from '../../src/transport/media-engine.ts';
import { ntpFromMs } from '../../src/transport/ntp.ts';
import { writeSenderReport } from '../../src/transport/rtcp-write.ts';
import { type ReceivedPacket, RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';
import { videoPayload } from './pictures.ts';

const OPUS_PT = 111;
const H264_PT = 96;
const certificate = createCertificate();

let engine: MediaEngine;
let clients: RtcClient[];
let bugs: unknown[];

beforeEach(async () => {
  clients = [];
  bugs = [];
  engine = await MediaEngine.open({
    thread: 0,
    rings: [],
    wantKeyframe: () => {},
    port: 0,
    mode: bestSendMode(),
    certificate,
    emit: () => {},
    report: (error) => bugs.push(error),
    drops: () => {},
  });
});

afterEach(() => {
  for (const client of clients) client.vanish();
  engine.close();
  expect(bugs).toEqual([]);
});

async function open(call: 'publish' | 'play', sessionId: string): Promise<RtcClient> {
  const client = await RtcClient[call]({ engine, fingerprint: certificate.fingerprint, sessionId, streamId: 'stream' });
  clients.push(client);
  await client.connected();
  return client;
}

/** Sends one sound and one picture. With a time: its sender reports say that the picture was captured `apartMs` later. */
function send(publisher: RtcClient, from: { seq: number; timestamp: number }, clock?: { ms: number; apartMs: number }) {
  const { seq: extSeq, timestamp } = from;
  publisher.sendRtp({ ssrc: SSRCS.audio, payloadType: OPUS_PT, extSeq, timestamp }, Buffer.alloc(80, 3));
  const picture = { ssrc: SSRCS.video, payloadType: H264_PT, extSeq, timestamp, marker: true };
  publisher.sendRtp(picture, videoPayload(extSeq, 0, true, 700));
  if (!clock) return;
  const times = [
    [SSRCS.audio, clock.ms],
    [SSRCS.video, clock.ms + clock.apartMs],
  ] as const;
  for (const [ssrc, ms] of times) {
    const { high: ntpHigh, low: ntpLow } = ntpFromMs(ms);
    const report = { ssrc, ntpHigh, ntpLow, rtpTimestamp: timestamp, packetCount: 1, octetCount: 1, reports: [] };
    publisher.sendRtcp([writeSenderReport(report)]);
  }
}

/** How much later than the sound the picture was captured, as the viewer is told: of the newest of both. */
function apartMs(viewer: RtcClient): number | undefined {
  const sound = viewer.received.findLast(({ payloadType }) => payloadType === OPUS_PT);
  const picture = viewer.received.findLast(({ payloadType }) => payloadType !== OPUS_PT);
  const [soundMs, pictureMs] = [capturedMs(viewer, sound, 48), capturedMs(viewer, picture, 90)];
  return soundMs === undefined || pictureMs === undefined ? undefined : pictureMs - soundMs;
}

function capturedMs(viewer: RtcClient, packet: ReceivedPacket | undefined, ticksPerMs: number): number | undefined {
  const report = viewer.reports.findLast((item) => item.type === 'sender_report' && item.ssrc === packet?.ssrc);
  if (!packet || report?.type !== 'sender_report') return undefined;
  const reportMs = (report.ntpHigh + report.ntpLow / 2 ** 32) * 1000;
  return reportMs + ((packet.timestamp - report.rtpTimestamp) | 0) / ticksPerMs;
}

function isTold(viewer: RtcClient, expectedMs: number, withinMs = 1): Promise<unknown> {
  const look = () => Math.abs((apartMs(viewer) ?? Number.NaN) - expectedMs) < withinMs;
  return until(`sound and picture are told to be ${expectedMs} ms apart`, look);
}

test('a viewer is told how far sound and picture are apart as their publisher tells, of the next publisher too', async () => {
  const hourMs = 3_600_000;
  const old = await open('publish', 'old');
  const viewer = await open('play', 'viewer');
  send(old, { seq: 10, timestamp: 0xffff_fff0 }, { ms: Date.now() + hourMs, apartMs: 200 });
  await isTold(viewer, 200);

  const next = await open('publish', 'next');
  send(next, { seq: 65_530, timestamp: 777 }, { ms: Date.now() - hourMs, apartMs: -300 });
  await isTold(viewer, -300);

  const late = await open('play', 'late');
  // Later than what is replayed to him seems to be, by the clock of either.
  const later = 90_000 * 5;
  send(next, { seq: 65_531, timestamp: 777 + later });
  await isTold(late, -300 + later / 90 - later / 48);
});

test('a publisher that tells no times is heard and seen, and what came together counts as captured together', async () => {
  const publisher = await open('publish', 'publisher');
  const viewer = await open('play', 'viewer');
  send(publisher, { seq: 10, timestamp: 5000 });
  await isTold(viewer, 0, 20);
});
