import { readFileSync } from 'node:fs';
import { Layer, type LayerOptions, type PacketInput } from '#src/media/layer.ts';
import type { Packet } from '#src/media/packet.ts';
import { PacketCache } from '#src/media/packet-cache.ts';
import type { CodecName } from '#src/media/plan.ts';
import { RtpHeader } from '#src/media/rtp-header.ts';

/** The places where 16-bit and signed 16-bit arithmetic goes wrong. */
export const sequenceStarts = [0, 127, 32767, 65535];

export function makeCache(options: { bytes?: number; slots?: number } = {}): PacketCache {
  return new PacketCache({ bytes: new Uint8Array(options.bytes ?? 1 << 20), slots: options.slots ?? 1024 });
}

export function makeLayer(options: Partial<LayerOptions> = {}): Layer {
  return new Layer({ kind: 'video', rid: '', clockRate: 90_000, cache: makeCache(), hasNack: true, ...options });
}

/** H.264: an SPS (group start), or a slice that begins or goes on with a picture; `id` makes the bytes its own. */
export function h264Payload(kind: 'sps' | 'first slice' | 'other slice', id = 0): Uint8Array {
  const head = { sps: [0x67, 0x42], 'first slice': [0x41, 0x9a], 'other slice': [0x41, 0x00] }[kind];
  return Uint8Array.from([...head, id & 0xff, 1, 2, 3]);
}

/** VP8 with picture id and TL0PICIDX, one packet a picture. */
export function vp8Payload(options: {
  pictureId: number;
  tl0PicIdx: number;
  isKey?: boolean;
  bits?: 7 | 15;
  temporalId?: number;
  /** Needs none but the base layer. */
  isSync?: boolean;
}): Uint8Array {
  const { pictureId, tl0PicIdx, temporalId = 0, isSync = true } = options;
  const layer = (temporalId << 6) | (isSync ? 0x20 : 0);
  const id = options.bits === 7 ? [pictureId & 0x7f] : [0x80 | (pictureId >> 8), pictureId & 0xff];
  return Uint8Array.from([0x90, 0xe0, ...id, tl0PicIdx, layer, options.isKey ? 0x10 : 0x11, 1, 2, 3]);
}

/** VP9 in flexible mode: one packet of a picture in one of its spatial layers. */
export function vp9Payload(options: {
  spatialId: number;
  temporalId: number;
  isStart?: boolean;
  isEnd?: boolean;
}): Uint8Array {
  const { spatialId, temporalId, isStart = true, isEnd = true } = options;
  const first = 0xb0 | (isStart ? 0x08 : 0) | (isEnd ? 0x04 : 0);
  return Uint8Array.from([first, 0x81, 0x23, (temporalId << 5) | 0x10 | (spatialId << 1), 0x86, 1, 2, 3]);
}

export function input(seq: number, options: Partial<PacketInput> & { payload?: Uint8Array } = {}): PacketInput {
  const payload = options.payload ?? h264Payload('other slice', seq);
  return {
    seq: seq & 0xffff,
    timestamp: 0,
    marker: false,
    codec: 'h264',
    bytes: payload,
    start: 0,
    end: payload.length,
    ...options,
  };
}

/** Pushes a packet that must be taken. */
export function pushed(layer: Layer, packet: PacketInput, nowMs = 0): Packet {
  const taken = layer.push(packet, nowMs);
  if (taken === undefined) throw new Error(`packet ${packet.seq} was not taken`);
  return taken;
}

export function payloadOf(packet: Packet): Uint8Array {
  return packet.layer.cache.bytes.subarray(packet.offset, packet.offset + packet.length);
}

/** The packets of a file that `fixtures/make.ts` made. */
export function realPackets(codec: Exclude<CodecName, 'opus'>): readonly PacketInput[] {
  const file = readFileSync(new URL(`fixtures/${codec}.rtp`, import.meta.url));
  const packets: PacketInput[] = [];
  const header = new RtpHeader();
  for (let at = 0; at < file.length; ) {
    const end = at + 2 + file.readUInt16BE(at);
    if (!header.read(file, at + 2, end)) throw new Error(`${codec}.rtp is damaged at ${at}`);
    const { seq, timestamp, marker } = header;
    packets.push({ seq, timestamp, marker, codec, bytes: file, start: at + 2 + header.headerLength, end });
    at = end;
  }
  return packets;
}
