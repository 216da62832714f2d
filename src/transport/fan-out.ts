import type { Packet } from '../media/packet.ts';
import type { LocatedPacket, Rewriter } from '../media/rewriter.ts';
import { allocateMemory } from '../native/memory.ts';
import type { Destination } from './datagram-writer.ts';
import type { MediaMemory } from './media-memory.ts';
import type { MediaPort } from './media-port.ts';
import type { PacketBatch, Run } from './packet-batch.ts';
import type { SrtpTransform } from './srtp-transform.ts';

const RTP_HEADER = 12;
const VERSION = 0x80;
const PADDING = 0x20;
const EXTENSION = 0x10;
// RFC 8285: the one-byte form, one word of elements.
const ONE_WORD = 0xbede_0001;
const EXTENSION_BYTES = 8;
const MARKER = 0x80;
const MOST_PADDING = 255;
const SCRATCH_BYTES = 4096;

/** What sealing needs to know of one track of one viewer. */
export interface EgressTarget {
  readonly destination: Destination;
  readonly cipher: SrtpTransform;
  readonly rewriter: Rewriter;
  readonly ssrc: number;
  readonly hasRtx: boolean;
  /** Numbers every packet where transport-wide congestion control was agreed on. */
  readonly congestion: CongestionControl | undefined;
  /** -1 when the viewer can not be sent this codec. */
  payloadTypeOf(packet: Packet): number;
}

export interface CongestionControl {
  readonly extensionId: number;
  /** What the link carries, as far as is known. */
  readonly estimateBps: number;
  /** The transport-wide number of a packet that goes out now. `outSeq`: its number in the viewer's stream, where it has one. */
  sent(bytes: number, nowMs: number, outSeq?: number): number;
  /** Another layer begins now, with a keyframe. */
  began(nowMs: number): void;
}

export interface Retransmission {
  readonly located: LocatedPacket;
  readonly packet: Packet;
  readonly payloadType: number;
  /** With an RTX stream: its SSRC and extended sequence number. */
  readonly rtx?: { readonly ssrc: number; readonly seq: number };
}

/**
 * The hot path: for each viewer writes headers, seals payloads straight from the layer's memory into the socket's
 * output memory, and hands the kernel one message per run.
 */
export class FanOut {
  readonly #port: Pick<MediaPort, 'writerFor'>;
  readonly #memory: MediaMemory;
  // A payload that must be changed before it is sealed is put together here.
  readonly #scratch = allocateMemory(SCRATCH_BYTES);

  constructor(options: { port: Pick<MediaPort, 'writerFor'>; memory: MediaMemory }) {
    this.#port = options.port;
    this.#memory = options.memory;
  }

  /** Sends the batch under the target's own numbers. Returns the payload bytes sent. */
  send(target: EgressTarget, batch: PacketBatch, nowMs: number): number {
    const source = this.#memory.addressOf(batch.layer.cache);
    let octets = 0;
    for (const run of target.hasRtx ? batch.padded : batch.unpadded) {
      octets += this.#sendRun(target, batch.packets, run, source, nowMs);
    }
    return octets;
  }

  #sendRun(target: EgressTarget, packets: readonly Packet[], run: Run, source: number, nowMs: number): number {
    const { destination, cipher, rewriter, ssrc, congestion } = target;
    const header = congestion ? RTP_HEADER + EXTENSION_BYTES : RTP_HEADER;
    const first = congestion ? VERSION | EXTENSION : VERSION;
    const overhead = header + cipher.rtpOverhead;
    const writer = this.#port.writerFor(destination);
    const start = writer.reserve((run.to - run.from) * (run.size + overhead));
    const { address } = writer.memory;
    const view = writer.view;
    let at = start;
    let octets = 0;
    for (let index = run.from; index < run.to; index += 1) {
      const packet = packets[index];
      if (packet === undefined) continue;
      const payloadType = target.payloadTypeOf(packet);
      if (payloadType < 0) return octets;
      const seq = rewriter.seqOf(packet);
      const padding = packet.length === run.size - 1 && index < run.to - 1 ? 1 : 0;
      const length = packet.length + padding;
      const second = packet.marker ? MARKER | payloadType : payloadType;
      view.setUint32(at, ((padding === 0 ? first : first | PADDING) << 24) | (second << 16) | (seq & 0xffff));
      view.setUint32(at + 4, rewriter.timestampOf(packet));
      view.setUint32(at + 8, ssrc);
      if (congestion) writeExtension(view, at + RTP_HEADER, congestion, congestion.sent(length + overhead, nowMs, seq));
      const payload = rewriter.rewritesPayload ? this.#patched(packet, rewriter, length) : source + packet.offset;
      cipher.sealRtp(address + at, header, payload, length, ssrc, seq);
      at += length + overhead;
      octets += length;
    }
    writer.commit(destination, start, at - start, run.size + overhead);
    return octets;
  }

  /** Answers a NACK: by RTX (RFC 4588), else by the very same bytes as before. */
  resend(target: EgressTarget, { located, packet, payloadType, rtx }: Retransmission, nowMs: number): number {
    const { destination, cipher, rewriter, congestion } = target;
    const prefix = rtx ? 2 : 0;
    const length = packet.length + prefix;
    const payload = this.#scratch.bytes.subarray(prefix, length);
    payload.set(packet.layer.cache.bytes.subarray(packet.offset, packet.offset + packet.length));
    rewriter.rewritePayload(packet, payload, located.segment);
    if (rtx) {
      this.#scratch.bytes[0] = (located.outSeq >> 8) & 0xff;
      this.#scratch.bytes[1] = located.outSeq & 0xff;
    }
    const ssrc = rtx?.ssrc ?? target.ssrc;
    const seq = rtx?.seq ?? located.outSeq;
    const writer = this.#port.writerFor(destination);
    const header = congestion ? RTP_HEADER + EXTENSION_BYTES : RTP_HEADER;
    const first = congestion ? VERSION | EXTENSION : VERSION;
    const size = header + length + cipher.rtpOverhead;
    const start = writer.reserve(size);
    const second = packet.marker ? MARKER | payloadType : payloadType;
    writer.view.setUint32(start, (first << 24) | (second << 16) | (seq & 0xffff));
    writer.view.setUint32(start + 4, located.segment.timeline.of(packet));
    writer.view.setUint32(start + 8, ssrc);
    if (congestion) {
      const wideSeq = congestion.sent(size, nowMs, located.outSeq);
      writeExtension(writer.view, start + RTP_HEADER, congestion, wideSeq);
    }
    cipher.sealRtp(writer.memory.address + start, header, this.#scratch.address, length, ssrc, seq);
    writer.commit(destination, start, size, size);
    return length;
  }

  /** A packet of nothing but padding (RFC 3550 section 5.1). Returns its bytes. */
  pad(target: EgressTarget, stream: { payloadType: number; ssrc: number; seq: number }, nowMs: number): number {
    const { destination, cipher, congestion } = target;
    const { payloadType, ssrc, seq } = stream;
    this.#scratch.bytes.fill(0, 0, MOST_PADDING).fill(MOST_PADDING, MOST_PADDING - 1, MOST_PADDING);
    const writer = this.#port.writerFor(destination);
    const header = congestion ? RTP_HEADER + EXTENSION_BYTES : RTP_HEADER;
    const first = congestion ? VERSION | PADDING | EXTENSION : VERSION | PADDING;
    const size = header + MOST_PADDING + cipher.rtpOverhead;
    const start = writer.reserve(size);
    writer.view.setUint32(start, (first << 24) | (payloadType << 16) | (seq & 0xffff));
    writer.view.setUint32(start + 4, 0);
    writer.view.setUint32(start + 8, ssrc);
    if (congestion) writeExtension(writer.view, start + RTP_HEADER, congestion, congestion.sent(size, nowMs));
    cipher.sealRtp(writer.memory.address + start, header, this.#scratch.address, MOST_PADDING, ssrc, seq);
    writer.commit(destination, start, size, size);
    return size;
  }

  /** The address of a copy with this viewer's VP8 ids; the byte behind it is the cache's padding byte, as there. */
  #patched(packet: Packet, rewriter: Rewriter, length: number): number {
    const { bytes } = packet.layer.cache;
    this.#scratch.bytes.set(bytes.subarray(packet.offset, packet.offset + length));
    rewriter.rewritePayload(packet, this.#scratch.bytes);
    return this.#scratch.address;
  }
}

/** The same length in every packet of a viewer, so that runs stay whole. */
function writeExtension(view: DataView, at: number, { extensionId }: CongestionControl, wideSeq: number): void {
  view.setUint32(at, ONE_WORD);
  view.setUint32(at + 4, (((extensionId << 4) | 1) << 24) | (wideSeq << 8));
}
