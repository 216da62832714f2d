import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UdpShaper } from './udp-shaper.ts';
import { until } from './until.ts';

const sockets: Socket[] = [];
let server: Socket;
let shaper: UdpShaper;
/** Source ports that the server has seen, the newest last. */
let seenPorts: number[];

beforeEach(async () => {
  seenPorts = [];
  server = await openSocket();
  server.on('message', (datagram, from) => {
    if (seenPorts.at(-1) !== from.port) seenPorts.push(from.port);
    server.send(datagram, from.port, '127.0.0.1');
  });
  shaper = await UdpShaper.open({ seed: 1, serverPort: server.address().port });
});

afterEach(() => {
  shaper.close();
  for (const socket of sockets.splice(0)) socket.close();
});

async function openSocket(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  sockets.push(socket);
  return socket;
}

/** A client and what came back to it. */
async function openClient(): Promise<{ send: (text: string) => void; received: string[] }> {
  const socket = await openSocket();
  const received: string[] = [];
  socket.on('message', (datagram) => received.push(datagram.toString()));
  return { send: (text) => socket.send(text, shaper.port, '127.0.0.1'), received };
}

test('clients of one shaper get their own answers, and the server tells them apart', async () => {
  const [one, other] = [await openClient(), await openClient()];
  one.send('1');
  other.send('2');
  await until('both have an answer', () => one.received.length === 1 && other.received.length === 1);
  expect([one.received, other.received]).toEqual([['1'], ['2']]);
  expect(new Set(seenPorts).size).toBe(2);
});

test('each direction has its own delay', async () => {
  shaper.change({ up: { delayMs: 100 }, down: { delayMs: 50 } });
  const client = await openClient();
  const startMs = performance.now();
  client.send('slow');
  await until('the answer is here', () => client.received.length === 1, { everyMs: 1 });
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(149);
});

test('a client that roams has another address at the server and is answered there', async () => {
  const client = await openClient();
  client.send('before');
  await until('the first answer is here', () => client.received.length === 1);
  shaper.roam();
  client.send('after');
  await until('the second answer is here', () => client.received.length === 2);
  expect(new Set(seenPorts).size).toBe(2);
});

test('10 Mbit/s pass in both directions without loss, in order and in time', async () => {
  const client = await openClient();
  const payload = 'x'.repeat(1200);
  const [seconds, perSecond] = [1, 1100];
  const startMs = performance.now();
  let sent = 0;
  await until(
    'all is sent at its rate',
    () => {
      for (; sent <= ((performance.now() - startMs) / 1000) * perSecond; sent += 1) client.send(`${sent} ${payload}`);
      return sent >= seconds * perSecond;
    },
    { everyMs: 1 },
  );
  await until('all is back', () => client.received.length >= sent);
  expect(performance.now() - startMs).toBeLessThan(seconds * 1000 + 1000);
  expect(client.received.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: sent }, (_, i) => i));
});
