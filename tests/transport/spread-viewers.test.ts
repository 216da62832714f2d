import type { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaEvent } from '../../src/streams/ports.ts';
import { MediaThreads } from '../../src/transport/media-plane.ts';
import { ntpFromMs } from '../../src/transport/ntp.ts';
import { writeNack, writePli, writeSenderReport } from '../../src/transport/rtcp-write.ts';
import { type ReceivedPacket, RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';

const THREADS = 3;
const SPS = [0x67, 0x4d, 0x40, 0x1f, 0x96, 0x54, 0x02, 0x80, 0x2d, 0xc8];
const RTX = 105;

let threads: MediaThreads;
let events: MediaEvent[];
let clients: RtcClient[];
let workers: Worker[];
const noteWorker = (worker: Worker) => workers.push(worker);

beforeEach(async () => {
  events = [];
  clients = [];
  workers = [];
  process.on('worker', noteWorker);
  threads = await MediaThreads.start({
    port: 0,
    threads: THREADS,
    announcedAddresses: [],
    send: 'auto',
    log: pino({ level: 'silent' }),
  });
  threads.onEvent((event) => events.push(event));
});

afterEach(async () => {
  process.off('worker', noteWorker);
  for (const client of clients) client.vanish();
  await threads.close();
});

async function connect(kind: 'publish' | 'play', sessionId: string, thread: number): Promise<RtcClient> {
  const { fingerprint } = threads.endpointFor('publisher', 'stream');
  const engine = {
    thread,
    port: threads.ports[thread] ?? 0,
    openPublisher: threads.openPublisher.bind(threads),
    openViewer: threads.openViewer.bind(threads),
  };
  const client = await RtcClient[kind]({ engine, fingerprint, sessionId, streamId: 'stream' });
  clients.push(client);
  await client.connected();
  await until('the session is connected', () =>
    events.some((event) => event.type === 'connected' && event.sessionId === sessionId),
  );
  return client;
}

const publish = (sessionId = 'publisher') =>
  connect('publish', sessionId, threads.endpointFor('publisher', 'stream').thread);

/** One viewer on each thread. */
const playEverywhere = (name: string) =>
  Promise.all(Array.from({ length: THREADS }, (_, thread) => connect('play', `${name} ${thread}`, thread)));

class Camera {
  readonly sent: string[] = [];
  readonly #publisher: RtcClient;
  #extSeq: number;
  #frame = 0;

  constructor(publisher: RtcClient, firstSeq = 65_530) {
    this.#publisher = publisher;
    this.#extSeq = firstSeq;
  }

  /** One picture in three packets, each unlike all others. */
  shoot(isKeyframe = false): void {
    this.#frame += 1;
    for (const part of [0, 1, 2]) {
      const head =
        isKeyframe && part === 0
          ? [0x78, 0, SPS.length, ...SPS, 0, 4, 0x68, 0xee, 0x3c, 0x80, 0, 255, 0x65]
          : [isKeyframe ? 0x65 : 0x41];
      const payload = Buffer.alloc(600, part);
      payload.set(head);
      payload.writeUInt32BE(this.#extSeq, 596);
      const [extSeq, timestamp] = [this.#extSeq++, this.#frame * 3000];
      this.#publisher.sendRtp({ ssrc: SSRCS.video, payloadType: 96, extSeq, timestamp, marker: part === 2 }, payload);
      this.sent.push(payload.toString('hex'));
    }
  }
}

const isVideo = ({ payload, payloadType }: ReceivedPacket) => payload.length === 600 && payloadType !== RTX;
const video = (client: RtcClient) => client.received.filter(isVideo);
const hex = (packets: readonly ReceivedPacket[]) => packets.map(({ payload }) => payload.toString('hex'));

test('viewers on every thread get every packet as it was sent, across the sequence wrap', async () => {
  const camera = new Camera(await publish());
  const viewers = await playEverywhere('viewer');
  for (let frame = 0; frame < 20; frame += 1) camera.shoot(frame === 0);
  for (const viewer of viewers) {
    await until('all packets came', () => video(viewer).length === camera.sent.length);
    expect(hex(video(viewer))).toEqual(camera.sent);
    const seqs = video(viewer).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => ((seqs[0] ?? 0) + index) & 0xffff));
  }
});

test('who joins in mid-stream, on a thread where nobody watched, begins with the cached group', async () => {
  const camera = new Camera(await publish());
  const early = await connect('play', 'early', 0);
  for (let frame = 0; frame < 15; frame += 1) camera.shoot(frame % 10 === 0);
  await until('all came', () => video(early).length === 45);
  const late = await playEverywhere('late');
  camera.shoot();
  for (const viewer of late) {
    await until('the group and the live picture came', () => video(viewer).length === 18);
    expect(hex(video(viewer))).toEqual(camera.sent.slice(30));
  }
});

test('what a viewer of another thread lost comes again from there', async () => {
  const camera = new Camera(await publish());
  for (const viewer of await playEverywhere('viewer')) {
    const before = video(viewer).length;
    camera.shoot(true);
    await until('the picture came', () => video(viewer).length >= before + 3);
    const lost = video(viewer)[before + 1];
    viewer.sendRtcp([writeNack(1, lost?.ssrc ?? 0, [lost?.seq ?? 0])]);
    await until('it came again', () => viewer.received.some(({ payloadType }) => payloadType === RTX));
  }
});

test('a keyframe that a viewer of another thread needs is asked of the publisher', async () => {
  const publisher = await publish();
  const camera = new Camera(publisher);
  const viewers = await playEverywhere('viewer');
  camera.shoot(true);
  for (const viewer of viewers) await until('the picture came', () => video(viewer).length === 3);
  const asked = () => publisher.reports.filter(({ type }) => type === 'pli').length;
  for (const viewer of viewers) {
    const before = asked();
    viewer.sendRtcp([writePli(1, video(viewer)[0]?.ssrc ?? 0)]);
    await until('a PLI came', () => asked() > before);
    camera.shoot(true);
    for (const each of viewers) await until('it came', () => hex(video(each)).includes(camera.sent.at(-1) ?? ''));
  }
});

test('sender reports tie sound and picture together on every thread alike', async () => {
  const publisher = await publish();
  const viewers = await playEverywhere('viewer');
  const ntp = ntpFromMs(Date.now());
  const report = { ntpHigh: ntp.high, ntpLow: ntp.low, packetCount: 1, octetCount: 1, reports: [] };
  publisher.sendRtcp([writeSenderReport({ ...report, ssrc: SSRCS.audio, rtpTimestamp: 960 })]);
  const camera = new Camera(publisher);
  camera.shoot(true);
  publisher.sendRtp({ ssrc: SSRCS.audio, payloadType: 111, extSeq: 7, timestamp: 960 }, Buffer.alloc(80, 3));
  publisher.sendRtcp([writeSenderReport({ ...report, ssrc: SSRCS.video, rtpTimestamp: 3000 })]);
  publisher.sendRtcp([writeSenderReport({ ...report, ssrc: SSRCS.audio, rtpTimestamp: 960 })]);
  for (const viewer of viewers) {
    const reports = () => viewer.reports.filter((item) => item.type === 'sender_report');
    await until('both tracks were reported', () => new Set(reports().map(({ ssrc }) => ssrc)).size === 2);
    // The timestamps above were captured in one moment; reports may name later ones, so each is taken back to it.
    const captured = reports().map(({ ntpHigh, ntpLow }) => ntpHigh + ntpLow / 2 ** 32);
    expect(Math.max(...captured) - Math.min(...captured)).toBeLessThan(0.04);
  }
});

test('a new publisher takes over for the viewers of all threads, with numbers going on', async () => {
  const old = new Camera(await publish('old'));
  const viewers = await playEverywhere('viewer');
  old.shoot(true);
  for (const viewer of viewers) await until('the first picture came', () => video(viewer).length === 3);
  const next = new Camera(await publish('new'), 1000);
  next.shoot(true);
  for (const viewer of viewers) {
    await until('the new picture came', () => video(viewer).length === 6);
    expect(hex(video(viewer))).toEqual([...old.sent, ...next.sent]);
    const [first] = video(viewer);
    expect(video(viewer).map(({ seq }) => (seq - (first?.seq ?? 0)) & 0xffff)).toEqual([0, 1, 2, 3, 4, 5]);
  }
});

test('a thread whose last viewer went may get one again', async () => {
  const camera = new Camera(await publish());
  const home = threads.endpointFor('publisher', 'stream').thread;
  const away = (home + 1) % THREADS;
  for (const round of [1, 2, 3]) {
    const viewer = await connect('play', `viewer ${round}`, away);
    camera.shoot(true);
    await until('the picture came', () => hex(video(viewer)).includes(camera.sent.at(-1) ?? ''));
    await threads.closeSession(`viewer ${round}`);
  }
});

test('the publisher may come after viewers of other threads, and come back to a thread that died', async () => {
  const viewers = await playEverywhere('viewer');
  const home = threads.endpointFor('publisher', 'stream').thread;
  new Camera(await publish()).shoot(true);
  for (const viewer of viewers) await until('the picture came', () => video(viewer).length === 3);
  await workers[home]?.terminate();
  await until('the publisher was lost', () =>
    events.some((event) => event.type === 'ended' && event.sessionId === 'publisher'),
  );
  expect(events.filter(({ type }) => type === 'ended').length).toBe(2);
  await until('the thread is back', () => threads.isHealthy);
  new Camera(await publish('again'), 20_000).shoot(true);
  const others = viewers.filter((_, thread) => thread !== home);
  for (const viewer of others) await until('the new picture came', () => video(viewer).length === 6);
});
