import { randomBytes } from 'node:crypto';
import { Layer, type PacketInput } from '../../src/media/layer.ts';
import { allocateMemory, type NativeMemory } from '../../src/native/memory.ts';
import { MessageArray } from '../../src/native/message-array.ts';
import type { SendMode } from '../../src/native/send-mode.ts';
import { AF_INET, closeSocket, socketAddress } from '../../src/native/socket.ts';
import { EAGAIN, openUdpSocket, sendMessages, waitWritable } from '../../src/native/udp.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { EgressTrack } from '../../src/transport/egress-track.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { FanOut } from '../../src/transport/fan-out.ts';
import { MediaMemory } from '../../src/transport/media-memory.ts';
import { PacketBatch } from '../../src/transport/packet-batch.ts';
import { srtpProfileById } from '../../src/transport/srtp-keys.ts';
import { createCipherScratch, createTransform } from '../../src/transport/srtp-transform.ts';
import { UdpPort } from '../../src/transport/udp-port.ts';
import { serveParent } from '../child.ts';
import { threadCpuUs } from '../load/clock.ts';

const HEADER = 12;
const PAYLOAD = 1180;
const SEGMENTS = 9;
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
const PROFILE_IDS = { gcm: 7, cm: 1 } as const;

export interface FloorOptions {
  /** Where to send; one destination each. */
  readonly ports: readonly number[];
  readonly frames: number;
  readonly fps: number;
}

// What only C still holds the address of would be collected.
const pinned: NativeMemory[] = [];

/** CPU microseconds of this thread for what `act` does. */
function cost(act: () => void): number {
  const beforeUs = threadCpuUs();
  act();
  return threadCpuUs() - beforeUs;
}

/** `act` once a frame, as a stream would: idle in between, so that receivers can empty their sockets. */
async function paced({ frames, fps }: FloorOptions, act: () => void): Promise<number> {
  let spent = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    spent += cost(act);
    await new Promise((resolve) => setTimeout(resolve, 1000 / fps));
  }
  return spent;
}

const methods = {
  /** Microseconds a packet for sealing alone, each viewer with keys of his own. */
  async seal(options: FloorOptions & { profile: 'gcm' | 'cm' }): Promise<number> {
    const profile = srtpProfileById(PROFILE_IDS[options.profile]);
    if (!profile) throw new Error('no such profile');
    const scratch = createCipherScratch();
    const transforms = options.ports.map(() => {
      const master = { key: randomBytes(profile.keyLength), salt: randomBytes(profile.saltLength) };
      return createTransform({ profile, master, kind: 'rtp', direction: 'seal', scratch });
    });
    const input = allocateMemory(SEGMENTS * PAYLOAD);
    const size = HEADER + PAYLOAD + profile.tagLength;
    const output = allocateMemory(32 * SEGMENTS * size);
    pinned.push(input, output);
    let seq = 0;
    const spent = await paced(options, () => {
      for (const [index, transform] of transforms.entries()) {
        const run = output.address + (index % 32) * SEGMENTS * size;
        for (let segment = 0; segment < SEGMENTS; segment += 1) {
          const payload = input.address + segment * PAYLOAD;
          transform.sealRtp(run + segment * size, HEADER, payload, PAYLOAD, 1, seq + segment);
        }
      }
      seq += SEGMENTS;
    });
    for (const transform of transforms) transform.close();
    pinned.length = 0;
    return spent / (options.frames * options.ports.length * SEGMENTS);
  },

  /** Microseconds a packet for the kernel alone: `segments` packets a message. */
  async send(options: FloorOptions & { segments: number }): Promise<number> {
    const fd = openUdpSocket(AF_INET, socketAddress(LOOPBACK, 0), 16 * 1024 * 1024);
    const size = HEADER + PAYLOAD + 16;
    const data = allocateMemory(32 * SEGMENTS * size);
    const names = options.ports.map((port) => {
      const name = allocateMemory(16);
      name.bytes.set(socketAddress(LOOPBACK, port));
      return name;
    });
    pinned.push(data, ...names);
    const perViewer = SEGMENTS / options.segments;
    const messages = new MessageArray(options.ports.length * perViewer);
    for (const [index, name] of names.entries()) {
      for (let part = 0; part < perViewer; part += 1) {
        const start = data.address + (index % 32) * SEGMENTS * size + part * options.segments * size;
        const segment = options.segments > 1 ? size : 0;
        messages.set(index * perViewer + part, name.address, 16, start, options.segments * size, segment);
      }
    }
    const spent = await paced(options, () => {
      for (let sent = 0; sent < messages.capacity; ) {
        const count = sendMessages(fd, messages.addressOf(sent), Math.min(32, messages.capacity - sent));
        if (count > 0) sent += count;
        else if (count === -EAGAIN) waitWritable(fd, 2);
        else throw new Error(`sendmmsg failed with errno ${-count}`);
      }
    });
    closeSocket(fd);
    pinned.length = 0;
    return spent / (options.frames * options.ports.length * SEGMENTS);
  },
  /** Microseconds a packet for all of our own egress, from a batch of packets to the kernel: no other work beside it. */
  async egress(options: FloorOptions & { mode: SendMode; profile: 'gcm' | 'cm'; shape: readonly number[] }) {
    const memory = new MediaMemory();
    const port = await UdpPort.open({ port: 0, mode: options.mode, reader: { onDatagram() {}, onBatchEnd() {} } });
    const layer = new Layer({
      kind: 'video',
      rid: '',
      clockRate: 90_000,
      hasNack: false,
      cache: memory.createCache('video'),
    });
    const tracks = egressTracks(options, new FanOut({ port, memory }));
    const bytes = randomBytes(2048);
    // A single NAL unit that starts a group: so viewers are live from the first packet on.
    bytes.set([0x67, 0x4d]);
    let seq = 0;
    for (const track of tracks) track.follow(layer, performance.now());
    const spent = await paced(options, () => {
      const nowMs = performance.now();
      const packets = options.shape.flatMap((length, index) => {
        const marker = index === options.shape.length - 1;
        const input = { seq: seq + index, timestamp: seq * 10, marker, codec: 'h264', bytes, start: 0, end: length };
        return layer.push(input as PacketInput, nowMs) ?? [];
      });
      seq += options.shape.length;
      const batch = new PacketBatch(layer, packets);
      for (const track of tracks) track.offer(batch, nowMs);
      port.flush();
    });
    port.close();
    for (const track of tracks) track.cipher.close();
    const sent = tracks.reduce((sum, { packetsSent }) => sum + packetsSent, 0);
    return spent / sent;
  },
};

function egressTracks({ ports, profile: name }: FloorOptions & { profile: 'gcm' | 'cm' }, fanOut: FanOut) {
  const profile = srtpProfileById(PROFILE_IDS[name]);
  if (!profile) throw new Error('no such profile');
  const scratch = createCipherScratch();
  const codec = { name: 'h264', clockRate: 90_000, fmtp: '' } as const;
  const feedback = { hasNack: true, hasPli: true, hasTransportCc: false, hasRemb: false };
  const payloads = [{ pt: 96, rtxPt: 97, codec, ...feedback }];
  return ports.map((port, index) => {
    const master = { key: randomBytes(profile.keyLength), salt: randomBytes(profile.saltLength) };
    return new EgressTrack({
      plan: { mid: '0', kind: 'video', payloads, ssrc: index + 1, rtxSsrc: index + 1_000_001, cname: 'floor' },
      cipher: createTransform({ profile, master, kind: 'rtp', direction: 'seal', scratch }),
      destination: new Destination(endpointFromText('127.0.0.1', port)),
      fanOut,
      firstSeq: 1,
      firstRtxSeq: 1,
    });
  });
}

export type FloorMethods = typeof methods;

serveParent(methods);
