import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressPlan } from '../../src/media/plan.ts';
import { type MediaEvent, MediaUnavailable } from '../../src/streams/ports.ts';
import { type MediaPlaneOptions, MediaThreads } from '../../src/transport/media-plane.ts';
import { RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
const IDR = Buffer.from([0x65, ...new Array(300).fill(5)]);
const SPS_IDR = Buffer.concat([Buffer.from([0x78, 0, 4, 0x67, 0x4d, 0x40, 0x1f, 1, 45]), IDR]);

let plane: MediaThreads | undefined;
let events: MediaEvent[];
let clients: RtcClient[];
let workers: Worker[];
const noteWorker = (worker: Worker) => workers.push(worker);

beforeEach(() => {
  events = [];
  clients = [];
  workers = [];
  process.on('worker', noteWorker);
});

afterEach(async () => {
  process.off('worker', noteWorker);
  for (const client of clients) client.vanish();
  await plane?.close();
  plane = undefined;
});

async function start(options: Partial<MediaPlaneOptions> = {}): Promise<MediaThreads> {
  const started = await MediaThreads.start({
    port: 0,
    threads: 2,
    announcedAddresses: [],
    send: 'auto',
    log,
    ...options,
  });
  started.onEvent((event) => events.push(event));
  plane = started;
  return started;
}

function options(threads: MediaThreads, kind: 'publisher' | 'viewer', sessionId: string, streamId: string) {
  const { thread, candidates, fingerprint } = threads.endpointFor(kind, streamId);
  const engine = {
    thread,
    port: candidates[0]?.port ?? 0,
    openPublisher: threads.openPublisher.bind(threads),
    openViewer: threads.openViewer.bind(threads),
  };
  return { engine, fingerprint, sessionId, streamId };
}

async function connect(kind: 'publish' | 'play', threads: MediaThreads, sessionId: string, streamId = 'stream') {
  const client = await RtcClient[kind](options(threads, kind === 'play' ? 'viewer' : 'publisher', sessionId, streamId));
  clients.push(client);
  await client.connected();
  await until('the session is connected', () => isReported('connected', sessionId));
  return client;
}

const isReported = (type: 'connected' | 'ended', sessionId: string) =>
  events.some((event) => event.type === type && event.sessionId === sessionId);

const portOf = (threads: MediaThreads, streamId: string) =>
  threads.endpointFor('publisher', streamId).candidates[0]?.port ?? 0;

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind({ port, exclusive: true });
  const outcome = await Promise.race([once(socket, 'listening'), once(socket, 'error')]).catch(() => undefined);
  socket.close();
  return outcome?.length === 0;
}

test('a picture goes from a publisher to a viewer of its stream, whichever thread that is on', async () => {
  const threads = await start();
  for (const stream of ['one', 'two']) {
    const publisher = await connect('publish', threads, `${stream} publisher`, stream);
    const viewer = await connect('play', threads, `${stream} viewer`, stream);
    publisher.sendRtp({ ssrc: SSRCS.video, payloadType: 96, extSeq: 1, timestamp: 1, marker: true }, SPS_IDR);
    await until('the picture came', () => viewer.received.some(({ payload }) => payload.equals(SPS_IDR)));
  }
  expect(portOf(threads, 'one')).not.toBe(portOf(threads, 'two'));
});

test('streams go to the thread with the fewest and stay there', async () => {
  const threads = await start({ threads: 3 });
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const ports = names.map((name) => portOf(threads, name));
  expect(ports).toEqual([...threads.ports, ...threads.ports]);
  await threads.closeStream('b');
  await threads.closeStream('e');
  expect(portOf(threads, 'g')).toBe(threads.ports[1]);
  expect(names.filter((name) => name !== 'b' && name !== 'e').map((name) => portOf(threads, name))).toEqual(
    ports.filter((_, index) => index !== 1 && index !== 4),
  );
});

test('each thread tells what it has done, also for those who left', async () => {
  const threads = await start();
  const publisher = await connect('publish', threads, 'publisher');
  const viewer = await connect('play', threads, 'viewer');
  publisher.sendRtp({ ssrc: SSRCS.video, payloadType: 96, extSeq: 1, timestamp: 1, marker: true }, SPS_IDR);
  await until('the picture came', () => viewer.received.some(({ payload }) => payload.equals(SPS_IDR)));
  const [busy, idle] = await threads.reports();
  expect(busy).toMatchObject({ thread: 0, isUp: true, publishers: 1, viewers: 1, unsent: 0, refused: 0 });
  if (!busy?.isUp) return;
  expect(busy.received.datagrams).toBeGreaterThan(6);
  expect(busy.sent.bytes).toBeGreaterThan(SPS_IDR.length);
  expect(busy.busySeconds).toBeGreaterThan(0);
  expect(idle).toMatchObject({ thread: 1, isUp: true, publishers: 0, viewers: 0 });
  await threads.closeStream('stream');
  const [after] = await threads.reports();
  expect(after).toMatchObject({ publishers: 0, viewers: 0, egress: busy.egress, ingest: busy.ingest });
});

test('a thread that is gone is reported as down', async () => {
  const threads = await start({ threads: 1 });
  await workers[0]?.terminate();
  expect(await threads.reports()).toEqual([{ thread: 0, isUp: false }]);
  await until('the thread is back', () => threads.isHealthy);
  expect(await threads.reports()).toMatchObject([{ thread: 0, isUp: true }]);
});

test('closing a session or a stream says goodbye and reports no end', async () => {
  const threads = await start({ threads: 1 });
  const publisher = await connect('publish', threads, 'publisher');
  const viewer = await connect('play', threads, 'viewer');
  const other = await connect('play', threads, 'other viewer');
  await threads.closeSession('viewer');
  await until('the viewer was told', () => viewer.isClosed);
  expect(other.isClosed).toBe(false);
  await threads.closeStream('stream');
  await until('the others were told', () => publisher.isClosed && other.isClosed);
  await threads.closeSession('viewer');
  await threads.closeStream('stream');
  expect(events.filter(({ type }) => type === 'ended')).toEqual([]);
});

test('a thread that dies ends its sessions alone, and its port is served again', async () => {
  const threads = await start();
  const { ports } = threads;
  await connect('publish', threads, 'publisher', 'doomed');
  await connect('play', threads, 'viewer', 'doomed');
  const survivor = await connect('publish', threads, 'survivor', 'other');
  const doomed = workers[ports.indexOf(portOf(threads, 'doomed'))];
  const dead = once(doomed ?? process, 'exit');
  await doomed?.terminate();
  await dead;
  expect(threads.isHealthy).toBe(false);
  expect(events.filter(({ type }) => type === 'ended')).toEqual([
    { type: 'ended', sessionId: 'publisher', reason: 'failed' },
    { type: 'ended', sessionId: 'viewer', reason: 'failed' },
  ]);
  const request = { sessionId: 'x', streamId: 'doomed', thread: 0, plan: noPlan };
  await expect(threads.openViewer(request)).rejects.toThrow(MediaUnavailable);
  expect(() => threads.endpointFor('publisher', 'doomed')).toThrow(MediaUnavailable);
  expect(() => threads.endpointOf('viewer')).toThrow(MediaUnavailable);
  expect(portOf(threads, 'new while dead')).toBe(portOf(threads, 'other'));
  await until('the thread is back', () => threads.isHealthy);
  expect(threads.ports).toEqual(ports);
  await connect('publish', threads, 'publisher again', 'doomed');
  survivor.sendRtp({ ssrc: SSRCS.video, payloadType: 96, extSeq: 1, timestamp: 1, marker: true }, SPS_IDR);
  await connect('play', threads, 'viewer of the other', 'other');
});

test('a session that can not be opened is refused and leaves nothing behind', async () => {
  const threads = await start({ threads: 1 });
  await expect(threads.openViewer({ sessionId: 'bad', streamId: 'stream', thread: 0, plan: noPlan })).rejects.toThrow();
  await connect('publish', threads, 'good');
  await workers[0]?.terminate();
  await until('the good one ended', () => isReported('ended', 'good'));
  expect(isReported('ended', 'bad')).toBe(false);
});

test('closing frees the ports, also while a thread is being restarted', async () => {
  const threads = await start();
  const { ports } = threads;
  await workers[0]?.terminate();
  await until('the death was noticed', () => !threads.isHealthy);
  await Promise.all([threads.close(), threads.close()]);
  for (const port of ports) await until(`port ${port} is free`, () => isFree(port));
  for (const worker of workers) await until('the thread is gone', () => worker.threadId === -1);
});

test('a port that is taken keeps the threads from starting, all of them', async () => {
  const [taken, port] = await until('a taken port follows a free one', async () => {
    const socket = createSocket('udp4').bind({ port: 0, exclusive: true });
    await once(socket, 'listening');
    const { port } = socket.address();
    if (await isFree(port - 1)) return [socket, port] as const;
    socket.close();
    return false;
  });
  await expect(start({ port: port - 1 })).rejects.toThrow();
  taken.close();
  expect(await isFree(port - 1)).toBe(true);
});

test('announced addresses stand for the real ones, with the ports of each thread', async () => {
  const threads = await start({
    announcedAddresses: [{ address: '203.0.113.7', port: 9000 }, { address: '2001:db8::7' }],
  });
  expect(['a', 'b'].map((stream) => threads.endpointFor('publisher', stream).candidates)).toEqual(
    threads.ports.map((port, thread) => [
      { address: '203.0.113.7', port: 9000 + thread },
      { address: '2001:db8::7', port },
    ]),
  );
});

const noPlan = { tracks: [] } as unknown as EgressPlan;

test('every thread can be met by itself, on its own port', async () => {
  const threads = await start();
  const endpoints = threads.endpoints();
  expect(endpoints.map(({ thread }) => thread)).toEqual([0, 1]);
  expect(endpoints.map(({ candidates }) => candidates[0]?.port)).toEqual(threads.ports);
});
