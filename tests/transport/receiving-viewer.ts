import { expect } from 'vitest';
import type { Packet } from '../../src/media/packet.ts';
import type { CodecName, EgressTrackPlan, PayloadPlan } from '../../src/media/plan.ts';
import { RtpHeader } from '../../src/media/rtp-header.ts';
import { extend } from '../../src/media/sequence.ts';
import { Destination } from '../../src/transport/datagram-writer.ts';
import { EgressTrack } from '../../src/transport/egress-track.ts';
import { endpointFromText } from '../../src/transport/endpoint.ts';
import { type CongestionControl, FanOut } from '../../src/transport/fan-out.ts';
import type { MediaMemory } from '../../src/transport/media-memory.ts';
import { PacketBatch } from '../../src/transport/packet-batch.ts';
import { SrtpReceiver, SrtpSender } from '../../src/transport/srtp-session.ts';
import { CollectingPort } from './collecting-port.ts';
import { keyPair, openRtp, PROFILES, scratch } from './srtp-bytes.ts';

export const SSRC = 1000;
export const RTX_SSRC = 2000;
const TRANSPORT_CC = 4;
export const PTS: Record<CodecName, number> = { h264: 96, vp8: 98, vp9: 100, av1: 102, opus: 111 };

export function payloadPlan(name: CodecName, hasRtx: boolean): PayloadPlan {
  const codec = { name, clockRate: 90_000, fmtp: '' };
  const rtx = hasRtx ? { rtxPt: PTS[name] + 1 } : {};
  return { pt: PTS[name], codec, hasNack: true, hasPli: true, hasTransportCc: false, hasRemb: false, ...rtx };
}

export interface Received {
  readonly ssrc: number;
  readonly seq: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly payload: Buffer;
  readonly transportSeq?: number;
}

/** Numbers packets as they go. */
export class Numbers implements CongestionControl {
  readonly extensionId = TRANSPORT_CC;
  estimateBps = Number.POSITIVE_INFINITY;
  readonly bytes: number[] = [];

  sent(bytes: number): number {
    return this.bytes.push(bytes) - 1;
  }

  began(): void {}
}

/** A viewer's track with the viewer's own end of SRTP: what it would see. */
export class Viewer {
  readonly track: EgressTrack;
  readonly port = new CollectingPort();
  readonly #receiver: SrtpReceiver;
  readonly #header = new RtpHeader();
  /** Every datagram by what its nonce is made of. */
  readonly #sealed = new Map<string, string>();
  readonly #newest = new Map<number, number>();

  constructor(
    memory: MediaMemory,
    options: { codecs?: CodecName[]; hasRtx?: boolean; firstSeq?: number; congestion?: CongestionControl } = {},
  ) {
    const { codecs = ['h264'], hasRtx = true, firstSeq = 100 } = options;
    const { server, client } = keyPair(PROFILES.aead_aes_128_gcm);
    const plan: EgressTrackPlan = {
      mid: '1',
      kind: 'video',
      payloads: codecs.map((codec) => payloadPlan(codec, hasRtx)),
      ssrc: SSRC,
      rtxSsrc: RTX_SSRC,
      cname: 'c',
    };
    this.#receiver = new SrtpReceiver(client, scratch);
    this.track = new EgressTrack({
      plan,
      cipher: new SrtpSender(server, scratch).rtp,
      destination: new Destination(endpointFromText('127.0.0.1', 9)),
      fanOut: new FanOut({ port: this.port, memory }),
      firstSeq,
      firstRtxSeq: 500,
      congestion: options.congestion,
    });
  }

  /** What came, opened. Fails when a nonce is used for two different packets, or when the viewer can not open one. */
  received(): Received[] {
    return this.port.take().flatMap((datagram) => {
      const nonce = this.#nonceOf(datagram);
      const bytes = datagram.toString('hex');
      const before = this.#sealed.get(nonce);
      if (before !== undefined) {
        expect(bytes, `the same nonce for different bytes: ${nonce}`).toBe(before);
        return [];
      }
      this.#sealed.set(nonce, bytes);
      const clear = openRtp(this.#receiver, datagram);
      if (!clear) throw new Error(`the viewer can not open packet ${nonce}`);
      this.#header.read(clear, 0, clear.length);
      const { ssrc, seq, timestamp, payloadType, marker, hasPadding } = this.#header;
      const payload = clear.subarray(this.#header.headerLength, clear.length - (hasPadding ? (clear.at(-1) ?? 0) : 0));
      const [high, low] = this.#header.extension(TRANSPORT_CC) ?? [];
      const wide = high === undefined || low === undefined ? {} : { transportSeq: (high << 8) | low };
      return [{ ssrc, seq, timestamp, payloadType, marker, payload, ...wide }];
    });
  }

  #nonceOf(datagram: Buffer): string {
    const ssrc = datagram.readUInt32BE(8);
    const seq = datagram.readUInt16BE(2);
    const newest = this.#newest.get(ssrc) ?? seq;
    const index = extend(newest, seq);
    this.#newest.set(ssrc, Math.max(newest, index));
    return `${ssrc} ${index}`;
  }
}

export const batch = (packets: readonly Packet[]) => {
  const [first] = packets;
  if (!first) throw new Error('an empty batch');
  return new PacketBatch(first.layer, packets);
};
