import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EgressPlan, EgressTrackPlan } from '../../src/media/plan.ts';
import { bestSendMode, type SendMode } from '../../src/native/send-mode.ts';
import type { MediaEvent } from '../../src/streams/ports.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext, DtlsSession } from '../../src/transport/dtls.ts';
import { MediaEngine } from '../../src/transport/media-engine.ts';
import { ntpFromMs } from '../../src/transport/ntp.ts';
import { writeNack, writePli, writeSenderReport } from '../../src/transport/rtcp-write.ts';
import { LossyLink } from '../support/lossy-link.ts';
import { RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';
import { videoPayload } from './pictures.ts';

const H264_PT = 96;
const OPUS_PT = 111;
// Of the viewer's offer: the profile that is published.
const VIEWER_H264 = 104;
const VIEWER_RTX = 105;
const certificate = createCertificate();

const noBytes = new Uint8Array(32);

function withTracks(plan: EgressPlan, change: (track: EgressTrackPlan) => EgressTrackPlan): EgressPlan {
  return { ...plan, tracks: plan.tracks.map(change) };
}

const allModes: readonly SendMode[] = ['gso', 'sendmmsg', 'dgram'];
const modes = allModes.slice(allModes.indexOf(bestSendMode()));

describe.each(modes)('a media engine sending by %s', (mode) => {
  let engine: MediaEngine;
  let events: MediaEvent[];
  let bugs: unknown[];
  let clients: RtcClient[];
  let extSeq = 0;

  beforeEach(async () => {
    events = [];
    clients = [];
    extSeq = 65_530;
    bugs = [];
    engine = await MediaEngine.open({
      thread: 0,
      rings: [],
      wantKeyframe: () => {},
      port: 0,
      mode,
      certificate,
      emit: (event) => events.push(event),
      report: (error) => bugs.push(error),
      drops: () => {},
    });
  });

  afterEach(() => {
    for (const client of clients) client.vanish();
    engine.close();
    expect(bugs).toEqual([]);
  });

  function options(sessionId: string, extra: { srtpProfiles?: string; link?: LossyLink } = {}) {
    return { engine, fingerprint: certificate.fingerprint, sessionId, streamId: 'stream', ...extra };
  }

  async function publish(sessionId = 'publisher', extra = {}): Promise<RtcClient> {
    const client = await RtcClient.publish(options(sessionId, extra));
    clients.push(client);
    await client.connected();
    return client;
  }

  async function play(sessionId: string, extra = {}): Promise<RtcClient> {
    const client = await RtcClient.play(options(sessionId, extra));
    clients.push(client);
    await client.connected();
    return client;
  }

  /** One picture in three packets, the last one short. */
  function sendFrame(publisher: RtcClient, frame: number, isKeyframe: boolean): Buffer[] {
    const payloads = [700, 699, 300].map((length, part) => videoPayload(frame, part, isKeyframe, length));
    for (const [part, payload] of payloads.entries()) {
      const packet = {
        ssrc: SSRCS.video,
        payloadType: H264_PT,
        extSeq: extSeq++,
        timestamp: frame * 3000,
        marker: part === 2,
      };
      publisher.sendRtp(packet, payload);
    }
    return payloads;
  }

  const video = (client: RtcClient) => client.received.filter(({ payloadType }) => payloadType === VIEWER_H264);
  const endOf = (sessionId: string) => events.find((event) => event.type === 'ended' && event.sessionId === sessionId);

  test('what viewers are sent is told by and by, once, also of those who left meanwhile', async () => {
    const publisher = await publish();
    const [first, second] = [await play('a'), await play('b')];
    const payloads = sendFrame(publisher, 0, true);
    await until('both have the picture', () => video(first).length === 3 && video(second).length === 3);
    engine.closeSession('a');
    // A packet may have a byte of padding.
    const least = 2 * payloads.reduce((sum, { length }) => sum + length, 0);
    const most = least + 2 * payloads.length;
    const told = () => events.reduce((sum, event) => sum + (event.type === 'sent' ? event.bytes : 0), 0);
    await until('all is told', () => told() >= least && told() <= most);
  });

  test('every viewer gets every packet as it was sent, across the sequence wrap', async () => {
    const publisher = await publish();
    const viewers = await Promise.all(['a', 'b', 'c'].map((id) => play(id)));
    const sent = Array.from({ length: 20 }, (_, frame) => sendFrame(publisher, frame, frame === 0)).flat();
    for (const viewer of viewers) {
      await until('all packets came', () => video(viewer).length === sent.length);
      expect(video(viewer).map(({ payload }) => payload.toString('hex'))).toEqual(
        sent.map((payload) => payload.toString('hex')),
      );
      const seqs = video(viewer).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => ((seqs[0] ?? 0) + index) & 0xffff));
      expect(viewer.refused).toBe(0);
    }
  });

  test('of what a publisher puts into headers nothing reaches a viewer', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    // RFC 8285: an absolute time (3 bytes) and a transport-wide number (2 bytes), padded.
    const extension = Buffer.from('bede000222abcdef31123400', 'hex');
    const fixed = Buffer.from('90e0000000000bb8000008ae', 'hex');
    fixed.writeUInt16BE(extSeq & 0xffff, 2);
    fixed.writeUInt32BE(SSRCS.video, 8);
    const payload = videoPayload(1, 0, true, 700);
    publisher.sendPacket({ bytes: Buffer.concat([fixed, extension]), ssrc: SSRCS.video, extSeq }, payload);
    await until('the packet came', () => video(viewer).length === 1);
    expect(video(viewer)[0]).toMatchObject({ headerBytes: 12, payload });
  });

  test('sound that pauses (DTX) keeps its pauses and its marks', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    const times = [0, 960, 960 * 21, 960 * 41, 960 * 42];
    for (const [index, timestamp] of times.entries()) {
      const packet = { ssrc: SSRCS.audio, payloadType: OPUS_PT, extSeq: extSeq++, timestamp, marker: index === 2 };
      publisher.sendRtp(packet, Uint8Array.of(0xf8, 0xff, 0xfe, index));
    }
    const sound = () => viewer.received.filter(({ payloadType }) => payloadType === OPUS_PT);
    await until('the sound came', () => sound().length === times.length);
    const [first] = sound();
    expect(sound().map(({ timestamp }) => (timestamp - (first?.timestamp ?? 0)) >>> 0)).toEqual(times);
    expect(sound().map(({ marker }) => marker)).toEqual([false, false, true, false, false]);
  });

  test('both SRTP profiles carry media, and the better one is chosen', async () => {
    const publisher = await publish('publisher', { srtpProfiles: 'SRTP_AES128_CM_SHA1_80' });
    const modern = await play('modern');
    const old = await play('old', { srtpProfiles: 'SRTP_AES128_CM_SHA1_80' });
    expect([publisher.profile, modern.profile, old.profile]).toEqual([
      'aes128_cm_hmac_sha1_80',
      'aead_aes_128_gcm',
      'aes128_cm_hmac_sha1_80',
    ]);
    sendFrame(publisher, 1, true);
    for (const viewer of [modern, old]) await until('the picture came', () => video(viewer).length === 3);
  });

  test('a viewer joining mid-stream gets the cached group first, then goes on live', async () => {
    const publisher = await publish();
    const sent = Array.from({ length: 30 }, (_, frame) => sendFrame(publisher, frame, frame % 10 === 0)).flat();
    const first = await play('early');
    await until('the last group came', () => video(first).length >= 30);
    const late = await play('late');
    sent.push(...sendFrame(publisher, 30, false));
    await until('the group and the live picture came', () => video(late).length === 33);
    expect(video(late).map(({ payload }) => payload.toString('hex'))).toEqual(
      sent.slice(60).map((payload) => payload.toString('hex')),
    );
  });

  test('without a group in the cache the publisher is asked for a keyframe, once for all viewers', async () => {
    const publisher = await publish();
    sendFrame(publisher, 0, false);
    const viewers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => play(id)));
    sendFrame(publisher, 1, false);
    await until('a PLI came', () => publisher.reports.some(({ type }) => type === 'pli'));
    sendFrame(publisher, 2, true);
    for (const viewer of viewers) {
      await until('the keyframe came', () => video(viewer).length === 3);
      viewer.sendRtcp([writePli(1, viewer.received[0]?.ssrc ?? 0)]);
    }
    sendFrame(publisher, 3, false);
    for (const viewer of viewers) await until('the stream goes on', () => video(viewer).length === 6);
    expect(publisher.reports.filter(({ type }) => type === 'pli').length).toBeLessThanOrEqual(2);
  });

  test('a NACK is answered on the RTX stream with the original number in front', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    sendFrame(publisher, 0, true);
    await until('the picture came', () => video(viewer).length === 3);
    const [, lost] = video(viewer);
    if (!lost) throw new Error('no second packet');
    viewer.sendRtcp([writeNack(1, lost.ssrc, [lost.seq])]);
    await until('it came again', () => viewer.received.some(({ payloadType }) => payloadType === VIEWER_RTX));
    const again = viewer.received.find(({ payloadType }) => payloadType === VIEWER_RTX);
    expect(again?.ssrc).not.toBe(lost.ssrc);
    expect(again?.timestamp).toBe(lost.timestamp);
    expect(again?.payload.readUInt16BE(0)).toBe(lost.seq);
    expect(again?.payload.subarray(2).equals(lost.payload)).toBe(true);
  });

  test('what the publisher lost on the way is asked for and reaches the viewer', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    sendFrame(publisher, 0, true);
    const skipped = extSeq++;
    sendFrame(publisher, 1, false);
    await until('a NACK came', () =>
      publisher.reports.some((item) => item.type === 'nack' && item.seqs.includes(skipped & 0xffff)),
    );
    const payload = videoPayload(99, 0, false);
    publisher.sendRtp({ ssrc: SSRCS.video, payloadType: H264_PT, extSeq: skipped, timestamp: 3000 }, payload);
    await until('the late packet came', () => video(viewer).length === 7);
    const seqs = video(viewer).map(({ seq }) => seq);
    expect(seqs.at(-1)).toBe(((seqs[0] ?? 0) + 3) & 0xffff);
  });

  test('a new publisher takes over at its first keyframe with the numbers going on', async () => {
    const old = await publish('old');
    const viewer = await play('viewer');
    const oldSentMs = performance.now();
    sendFrame(old, 0, true);
    await until('the first picture came', () => video(viewer).length === 3);
    const oldCameMs = performance.now();
    extSeq = 40_000;
    const next = await publish('new');
    await until('the old one ended', () => endOf('old'));
    expect(endOf('old')).toMatchObject({ reason: 'taken_over' });
    await until('the old one was told', () => old.isClosed);
    const nextSentMs = performance.now();
    sendFrame(next, 5000, true);
    await until('the new picture came', () => video(viewer).length === 6);
    const nextCameMs = performance.now();
    const packets = video(viewer);
    expect(packets.map(({ seq }) => (seq - (packets[0]?.seq ?? 0)) & 0xffff)).toEqual([0, 1, 2, 3, 4, 5]);
    const step = ((packets[3]?.timestamp ?? 0) - (packets[2]?.timestamp ?? 0)) >>> 0;
    // The time that passed, at 90 kHz.
    expect(step / 90).toBeGreaterThan(nextSentMs - oldCameMs - 1);
    expect(step / 90).toBeLessThan(nextCameMs - oldSentMs + 1);
  });

  test('a viewer who did not offer the codec of a new publisher is sent away, the others go on', async () => {
    const old = await publish('old');
    const withoutH264 = (plan: EgressPlan) =>
      withTracks(plan, (track) => {
        const payloads = track.payloads.filter(({ codec }) => codec.name !== 'h264');
        return payloads.length > 0 ? { ...track, payloads } : track;
      });
    const [able, unable] = [await play('able'), await play('unable', { spoil: withoutH264 })];
    sendFrame(old, 0, true);
    await until('the one is sent away', () => endOf('unable'));
    expect(endOf('unable')).toMatchObject({ reason: 'codec_changed' });
    await until('and knows it', () => unable.isClosed);
    sendFrame(old, 1, false);
    await until('the other goes on', () => video(able).length === 6);
    expect(endOf('able')).toBeUndefined();
  });

  test('audio goes at once, and sender reports tie it to the picture', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    const ntp = ntpFromMs(Date.now());
    const report = { ntpHigh: ntp.high, ntpLow: ntp.low, packetCount: 1, octetCount: 1, reports: [] };
    sendFrame(publisher, 0, true);
    publisher.sendRtp({ ssrc: SSRCS.audio, payloadType: OPUS_PT, extSeq: 7, timestamp: 960 }, Buffer.alloc(80, 3));
    publisher.sendRtcp([writeSenderReport({ ...report, ssrc: SSRCS.audio, rtpTimestamp: 960 })]);
    publisher.sendRtcp([writeSenderReport({ ...report, ssrc: SSRCS.video, rtpTimestamp: 0 })]);
    await until('the sound came', () => viewer.received.some(({ payloadType }) => payloadType === OPUS_PT));
    await until(
      'both tracks were reported',
      () => viewer.reports.filter(({ type }) => type === 'sender_report').length >= 2,
    );
    const times = viewer.reports.flatMap((item) =>
      item.type === 'sender_report' ? [item.ntpHigh + item.ntpLow / 2 ** 32] : [],
    );
    expect(Math.abs((times[0] ?? 0) - (times[1] ?? 0))).toBeLessThan(0.04);
    await until('the publisher got a report', () => publisher.reports.some(({ type }) => type === 'receiver_report'));
  });

  test('a peer that says goodbye ends its session at once; so does ours', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    await publisher.close();
    await until('the session ended', () => endOf('publisher'));
    expect(endOf('publisher')).toMatchObject({ reason: 'closed_by_peer' });
    engine.closeSession('viewer');
    await until('the viewer was told', () => viewer.isClosed);
    expect(endOf('viewer')).toBeUndefined();
  });

  test('sessions connect and media arrives over a link that loses a fifth and reorders', async () => {
    const link = () => new LossyLink({ seed: 20, loss: 0.2, reorder: 0.2 });
    const publisher = await publish();
    const viewers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => play(id, { link: link() })));
    for (let frame = 0; frame < 20; frame += 1) sendFrame(publisher, frame, frame === 0);
    for (const viewer of viewers) {
      await until('most packets came', () => video(viewer).length > 30);
      expect(viewer.refused).toBe(0);
    }
  });

  test.each<[string, (plan: EgressPlan) => EgressPlan]>([
    [
      'a DTLS datagram',
      (plan) => ({
        ...plan,
        peer: { ...plan.peer, fingerprints: [{ algorithm: 'md5' as 'sha-256', value: noBytes }] },
      }),
    ],
    ['a packet', (plan) => withTracks(plan, (track) => ({ ...track, ssrc: 1n as unknown as number }))],
    ['a report', (plan) => withTracks(plan, (track) => ({ ...track, cname: 'c'.repeat(300) }))],
  ])('a bug that shows in %s costs that viewer only', async (_where, spoil) => {
    const publisher = await publish();
    const whole = await play('whole');
    clients.push(await RtcClient.play({ ...options('spoilt'), spoil }));
    let frame = 0;
    await until('the spoilt one ended', () => {
      sendFrame(publisher, frame, frame === 0);
      frame += 1;
      return endOf('spoilt');
    });
    expect(endOf('spoilt')).toMatchObject({ reason: 'failed' });
    expect(bugs.splice(0).length).toBe(1);
    await until('the other goes on', () => video(whole).length === frame * 3);
    expect(events.filter(({ type }) => type === 'ended').length).toBe(1);
  });

  test("a stranger's ClientHello gets no answer: DTLS begins after a proven check only", async () => {
    const stranger = createSocket('udp4');
    const answers: Buffer[] = [];
    stranger.on('message', (datagram) => answers.push(datagram));
    const hello = new DtlsSession(new DtlsContext(certificate), { role: 'client', fingerprints: [] }).start();
    expect(hello.length).toBeGreaterThan(0);
    for (const datagram of hello) stranger.send(datagram, engine.port, '127.0.0.1');
    const publisher = await publish();
    const viewer = await play('viewer');
    sendFrame(publisher, 0, true);
    await until('the picture came', () => video(viewer).length === 3);
    stranger.close();
    expect(answers).toEqual([]);
  });

  test('strangers change nothing: noise, spoofed media, unknown users', async () => {
    const publisher = await publish();
    const viewer = await play('viewer');
    const stranger = createSocket('udp4');
    for (let index = 0; index < 300; index += 1) {
      const noise = Buffer.alloc(1 + (index % 200), index);
      noise[0] = [0, 1, 22, 23, 64, 128, 144, 200][index % 8] ?? 0;
      stranger.send(noise, engine.port, '127.0.0.1');
    }
    sendFrame(publisher, 0, true);
    await until('the picture came', () => video(viewer).length === 3);
    stranger.close();
    expect(viewer.refused).toBe(0);
    expect(events.filter(({ type }) => type === 'ended')).toEqual([]);
  });
});
