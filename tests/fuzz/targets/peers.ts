import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bestSendMode } from '../../../src/native/send-mode.ts';
import { createCertificate } from '../../../src/transport/certificate.ts';
import { MediaEngine } from '../../../src/transport/media-engine.ts';
import { realPackets } from '../../media/packets.ts';
import { RtcClient, SSRCS } from '../../support/rtc-client.ts';
import { mutatedBytes } from '../mutated-bytes.ts';
import type { FuzzTarget } from '../target.ts';
import { rtcpCorpus } from './packets.ts';

const PAYLOAD_TYPES = [96, 97, 111, 104, 127];
const NO_EXTENSION = Buffer.alloc(0);

const payload = mutatedBytes(
  realPackets('h264').map(({ bytes, start, end }) => bytes.subarray(start, end)),
  { maxLength: 1200 },
);
const extension = fc
  .tuple(fc.constantFrom(0xbede, 0x1000, 0x100f, 0xabcd), fc.uint8Array({ maxLength: 64 }))
  .map(([profile, bytes]) => {
    const words = Math.floor(bytes.length / 4);
    const block = Buffer.concat([Buffer.alloc(4), bytes.subarray(0, words * 4)]);
    block.writeUInt16BE(profile, 0);
    block.writeUInt16BE(words, 2);
    return block;
  });
/** What only the header's own bits and bytes can be wrong in: it is sealed with the right keys. */
const rtpPacket = fc.record({
  type: fc.constant('rtp' as const),
  ssrc: fc.constantFrom(SSRCS.video, SSRCS.audio, 3333, 0, 0xffffffff),
  payloadType: fc.constantFrom(...PAYLOAD_TYPES),
  skipped: fc.oneof({ arbitrary: fc.constant(1), weight: 8 }, fc.constantFrom(2, 40, 700)),
  timestamp: fc.oneof(fc.nat(900_000), fc.constantFrom(0, 0x7fffffff, 0xffffffff)),
  marker: fc.boolean(),
  hasPadding: fc.boolean(),
  extension: fc.option(extension),
  payload,
});
const rtcpPacket = fc.record({
  type: fc.constant('rtcp' as const),
  isViewer: fc.boolean(),
  bytes: mutatedBytes(rtcpCorpus, { maxLength: 1100 }).filter((bytes) => bytes.length >= 8),
});

type Packet =
  typeof rtpPacket extends fc.Arbitrary<infer R>
    ? typeof rtcpPacket extends fc.Arbitrary<infer C>
      ? R | C
      : never
    : never;

/** A server whose publisher and viewer are authentic, and send whatever they like. */
class HostileStream {
  readonly #bugs: unknown[] = [];
  readonly #engine: MediaEngine;
  readonly #clients: RtcClient[] = [];
  readonly #sequence = new Map<number, number>();

  private constructor(engine: MediaEngine, bugs: unknown[]) {
    this.#engine = engine;
    this.#bugs = bugs;
  }

  static async open(): Promise<HostileStream> {
    const bugs: unknown[] = [];
    const certificate = createCertificate();
    const engine = await MediaEngine.open({
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
    const stream = new HostileStream(engine, bugs);
    const options = { engine, fingerprint: certificate.fingerprint, streamId: 'stream' };
    stream.#clients.push(await RtcClient.publish({ ...options, sessionId: 'publisher' }));
    stream.#clients.push(await RtcClient.play({ ...options, sessionId: 'viewer' }));
    for (const client of stream.#clients) await client.connected();
    return stream;
  }

  /** Returns once the server has had time to read it. */
  async take(packets: readonly Packet[]): Promise<void> {
    const [publisher, viewer] = this.#clients;
    if (!publisher || !viewer) throw new Error('nobody is there');
    for (const packet of packets) {
      if (packet.type === 'rtcp') (packet.isViewer ? viewer : publisher).sendRtcp([packet.bytes]);
      else publisher.sendPacket(headerOf(packet, this.#next(packet.ssrc, packet.skipped)), packet.payload);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (const client of this.#clients) client.received.length = client.reports.length = 0;
    if (this.#bugs.length > 0) throw this.#bugs[0];
    assert(publisher.isConnected && viewer.isConnected);
  }

  close(): void {
    for (const client of this.#clients) client.vanish();
    this.#engine.close();
  }

  #next(ssrc: number, skipped: number): number {
    const extSeq = (this.#sequence.get(ssrc) ?? 65_000) + skipped;
    this.#sequence.set(ssrc, extSeq);
    return extSeq;
  }
}

function headerOf(packet: Extract<Packet, { type: 'rtp' }>, extSeq: number) {
  const fixed = Buffer.alloc(12);
  fixed[0] = 0x80 | (packet.hasPadding ? 0x20 : 0) | (packet.extension ? 0x10 : 0);
  fixed[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  fixed.writeUInt16BE(extSeq & 0xffff, 2);
  fixed.writeUInt32BE(packet.timestamp, 4);
  fixed.writeUInt32BE(packet.ssrc, 8);
  return { bytes: Buffer.concat([fixed, packet.extension ?? NO_EXTENSION]), ssrc: packet.ssrc, extSeq };
}

function peersTarget(): FuzzTarget {
  let stream: Promise<HostileStream> | undefined;
  const packets = fc.array(fc.oneof({ arbitrary: rtpPacket, weight: 3 }, rtcpPacket), { minLength: 1, maxLength: 12 });
  return {
    name: 'authentic peers',
    property: fc.asyncProperty(packets, async (sent) => {
      stream ??= HostileStream.open();
      await (await stream).take(sent);
    }),
    runsASecond: 300,
    close: async () => (await stream)?.close(),
  };
}

export const peerTargets: readonly FuzzTarget[] = [peersTarget()];
