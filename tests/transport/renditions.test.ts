import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressPlan } from '../../src/media/plan.ts';
import type { MediaEvent } from '../../src/streams/ports.ts';
import { MediaThreads } from '../../src/transport/media-plane.ts';
import { toProcessMs } from '../../src/transport/process-clock.ts';
import { writeNack } from '../../src/transport/rtcp-write.ts';
import { ivfFrame, ivfHeader, realUnits } from '../support/ivf.ts';
import { type ReceivedPacket, RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';
import { frameOf, videoPayload } from './pictures.ts';

const THREADS = 2;
const PLACE = { streamId: 'stream', name: '240p' };
const AV1 = { pt: 45, rtxPt: 46 };
const RTX = [105, AV1.rtxPt];
const UNITS = realUnits();
const FRAME_MS = 40;
/** What a transcoder takes. */
const BEHIND_MS = 300;

let threads: MediaThreads;
let events: MediaEvent[];
let clients: RtcClient[];
let originMs: number;

beforeEach(async () => {
  events = [];
  clients = [];
  originMs = toProcessMs(performance.now()) - 60_000;
  const log = pino({ level: 'silent' });
  threads = await MediaThreads.start({ port: 0, threads: THREADS, announcedAddresses: [], send: 'auto', log });
  threads.onEvent((event) => events.push(event));
});

afterEach(async () => {
  for (const client of clients) client.vanish();
  await threads.close();
});

function withAv1(plan: EgressPlan): EgressPlan {
  const codec = { name: 'av1', clockRate: 90_000, fmtp: '' } as const;
  const tracks = plan.tracks.map((track) => {
    const [like] = track.payloads;
    return track.kind === 'video' && like
      ? { ...track, payloads: [...track.payloads, { ...like, ...AV1, codec }] }
      : track;
  });
  return { ...plan, tracks };
}

async function connect(
  kind: 'publish' | 'play',
  sessionId: string,
  thread: number,
  spoil = withAv1,
): Promise<RtcClient> {
  const { fingerprint } = threads.endpointFor('publisher', 'stream');
  const engine = {
    thread,
    port: threads.ports[thread] ?? 0,
    openPublisher: threads.openPublisher.bind(threads),
    openViewer: threads.openViewer.bind(threads),
  };
  const client = await RtcClient[kind]({ engine, fingerprint, sessionId, streamId: 'stream', spoil });
  clients.push(client);
  await client.connected();
  return client;
}

const publish = (sessionId = 'publisher') =>
  connect('publish', sessionId, threads.endpointFor('publisher', 'stream').thread);

/** One viewer on each thread. */
const playEverywhere = () =>
  Promise.all(Array.from({ length: THREADS }, (_, thread) => connect('play', `viewer ${thread}`, thread)));

/** Pictures of one packet, 25 a second, the first of each 25 a keyframe. Until the test ends. */
class Camera {
  readonly #publisher: RtcClient;
  readonly #timer: NodeJS.Timeout;
  #frame = 0;

  constructor(publisher: RtcClient) {
    this.#publisher = publisher;
    this.#timer = setInterval(() => this.#shoot(), FRAME_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #shoot(): void {
    const frame = this.#frame++;
    const packet = {
      ssrc: SSRCS.video,
      payloadType: 96,
      extSeq: 70_000 + frame,
      timestamp: frame * 3600,
      marker: true,
    };
    this.#publisher.sendRtp(packet, videoPayload(frame, 0, frame % 25 === 0));
  }
}

/** Gives back what happened a while ago, as AV1. */
class Transcoder {
  readonly #timer = setInterval(() => this.#write(), FRAME_MS);
  #frame = 0;

  static async start(): Promise<Transcoder> {
    await threads.openRendition({ ...PLACE, originMs });
    await threads.writeRendition(PLACE, ivfHeader());
    return new Transcoder();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await threads.closeRendition(PLACE);
  }

  #write(): void {
    const ms = Math.round(toProcessMs(performance.now()) - originMs - BEHIND_MS);
    const unit = UNITS[this.#frame++ % UNITS.length] ?? new Uint8Array(0);
    threads.writeRendition(PLACE, ivfFrame(ms, unit)).catch(() => {});
  }
}

const isRtx = ({ payloadType }: ReceivedPacket) => RTX.includes(payloadType);
const isMade = ({ payloadType }: ReceivedPacket) => payloadType === AV1.pt;
const isPublished = (packet: ReceivedPacket) => packet.payload.length === 700 && !isRtx(packet);
const made = (client: RtcClient) => client.received.filter(isMade).length;
const video = (client: RtcClient) => client.received.filter((packet) => isMade(packet) || isPublished(packet));
const seesMade = async (client: RtcClient) => {
  const before = made(client);
  await until('what is made here comes', () => made(client) > before + 5);
};
const choose = (thread: number, wish: object) => threads.chooseLayer(`viewer ${thread}`, wish);

/** Numbers go on by one, and time never runs back. */
function expectUnbroken(client: RtcClient): void {
  const packets = video(client).toSorted((a, b) => ((a.seq - b.seq) << 16) >> 16);
  for (const [index, packet] of packets.entries()) {
    const before = packets[index - 1];
    if (!before) continue;
    expect((packet.seq - before.seq) & 0xffff).toBe(1);
    expect((packet.timestamp - before.timestamp) | 0).toBeGreaterThanOrEqual(0);
  }
}

test('a viewer on any thread is sent what is made here when he asks for it, and again what is published', async () => {
  const camera = new Camera(await publish());
  const viewers = await playEverywhere();
  const transcoder = await Transcoder.start();
  for (const [thread, viewer] of viewers.entries()) {
    await until('the picture came', () => video(viewer).length > 0);
    await choose(thread, { rid: '240p' });
    await seesMade(viewer);
    await choose(thread, {});
    await until('it is the published one again', () => video(viewer).slice(-5).every(isPublished));
    expectUnbroken(viewer);
  }
  camera.stop();
  await transcoder.stop();
});

test('going back to what is published nothing is missed, and next to nothing is seen twice', async () => {
  const camera = new Camera(await publish());
  const [viewer] = await playEverywhere();
  if (!viewer) throw new Error('nobody watches');
  const transcoder = await Transcoder.start();
  await until('the picture came', () => video(viewer).length > 0);
  await choose(0, { rid: '240p' });
  await seesMade(viewer);
  await choose(0, {});
  await until('it is the published one again', () => video(viewer).slice(-20).every(isPublished));
  const packets = video(viewer);
  const back = packets.findLastIndex(isMade) + 1;
  const [last, first] = [packets[back - 1], packets[back]];
  expect(first && frameOf(first.payload) % 25).toBe(0);
  const stepMs = (((first?.timestamp ?? 0) - (last?.timestamp ?? 0)) | 0) / 90;
  expect(stepMs).toBeGreaterThan(0);
  expect(stepMs).toBeLessThan(3 * FRAME_MS);
  camera.stop();
  await transcoder.stop();
});

test('a layer that ends leaves nobody behind, on whatever thread', async () => {
  const camera = new Camera(await publish());
  const viewers = await playEverywhere();
  const transcoder = await Transcoder.start();
  for (const [thread, viewer] of viewers.entries()) {
    await choose(thread, { rid: '240p' });
    await seesMade(viewer);
  }
  await transcoder.stop();
  for (const viewer of viewers) {
    const endedAt = video(viewer).length;
    await until('the published one comes', () => video(viewer).slice(endedAt).some(isPublished), { timeoutMs: 1_500 });
    expectUnbroken(viewer);
  }
  camera.stop();
});

test('who did not offer AV1 is never sent it', async () => {
  const camera = new Camera(await publish());
  const viewer = await connect('play', 'viewer 0', 0, (plan) => plan);
  const transcoder = await Transcoder.start();
  await choose(0, { rid: '240p' });
  await until('pictures come', () => video(viewer).length > 30);
  expect(video(viewer).every(isPublished)).toBe(true);
  camera.stop();
  await transcoder.stop();
});

test('what a viewer lost of it comes again, on every thread', async () => {
  const camera = new Camera(await publish());
  const viewers = await playEverywhere();
  const transcoder = await Transcoder.start();
  for (const [thread, viewer] of viewers.entries()) {
    await choose(thread, { rid: '240p' });
    await seesMade(viewer);
    const lost = viewer.received.findLast(isMade);
    viewer.sendRtcp([writeNack(1, lost?.ssrc ?? 0, [lost?.seq ?? 0])]);
    const isAgain = ({ payloadType, payload }: ReceivedPacket) =>
      payloadType === AV1.rtxPt && payload.subarray(2).equals(lost?.payload ?? Buffer.alloc(0));
    await until('it came again', () => viewer.received.some(isAgain));
  }
  camera.stop();
  await transcoder.stop();
});

test('it outlasts a publisher, and is told of with its delay, and who wants it', async () => {
  const camera = new Camera(await publish());
  const [viewer] = await playEverywhere();
  const transcoder = await Transcoder.start();
  await choose(0, { rid: '240p' });
  if (viewer) await seesMade(viewer);
  camera.stop();
  const next = new Camera(await publish('again'));
  if (viewer) await seesMade(viewer);
  await until('it is told of', () => events.findLast((event) => event.type === 'stats')?.renditions.length === 1);
  const stats = events.findLast((event) => event.type === 'stats');
  expect(stats?.renditions[0]).toMatchObject({ rid: '240p', codec: 'av1', width: 318, height: 178 });
  expect(stats?.renditions[0]?.delayMs).toBeGreaterThanOrEqual(BEHIND_MS);
  expect(stats?.tracks.flatMap(({ layers }) => layers).map(({ rid }) => rid)).not.toContain('240p');
  await until('somebody wants it', () => events.some(({ type }) => type === 'wanting'));
  next.stop();
  await transcoder.stop();
});

test('a layer that is not made yet is wanted when it is asked for by name, and sent once it is there', async () => {
  const camera = new Camera(await publish());
  const [viewer] = await playEverywhere();
  if (!viewer) throw new Error('nobody watches');
  await until('the picture came', () => video(viewer).length > 0);
  expect(events.some(({ type }) => type === 'wanting')).toBe(false);
  await choose(0, { rid: '240p' });
  await until('it is wanted', () => events.some(({ type }) => type === 'wanting'));
  expect(video(viewer).every(isPublished)).toBe(true);
  const transcoder = await Transcoder.start();
  await seesMade(viewer);
  camera.stop();
  await transcoder.stop();
});

test('what is no IVF, has foreign times, or a name that is taken, is refused', async () => {
  await publish();
  await threads.openRendition({ ...PLACE, originMs });
  await expect(threads.openRendition({ ...PLACE, originMs })).rejects.toThrow('has a layer 240p');
  await expect(threads.openRendition({ ...PLACE, name: '', originMs })).rejects.toThrow('has a layer');
  await threads.writeRendition(PLACE, ivfHeader());
  const early = ivfFrame(100, UNITS[0] ?? new Uint8Array(0));
  await expect(threads.writeRendition(PLACE, early)).rejects.toThrow('not those of the feed');
  await expect(threads.writeRendition({ ...PLACE, name: 'x' }, early)).rejects.toThrow('no such layer');
  await threads.closeRendition(PLACE);
  await threads.closeRendition(PLACE);
});
