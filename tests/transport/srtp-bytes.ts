import { RtpHeader } from '../../src/media/rtp-header.ts';
import { allocateMemory, type NativeMemory } from '../../src/native/memory.ts';
import { type SrtpKeys, splitKeyingMaterial, srtpProfileById } from '../../src/transport/srtp-keys.ts';
import { type SrtpReceiver, SrtpSender } from '../../src/transport/srtp-session.ts';
import { createCipherScratch } from '../../src/transport/srtp-transform.ts';

/** RFC 5764 section 4.1.2, RFC 7714 section 14.2. */
export const PROFILES = { aes128_cm_hmac_sha1_80: 1, aead_aes_128_gcm: 7 } as const;
export const scratch = createCipherScratch();
const memory: NativeMemory = allocateMemory(8192);
const header = new RtpHeader();
const PAYLOAD_AT = 4096;

/** The two ends of one association, as if DTLS had just ended. */
export function keyPair(profileId: number, fill = 7): { readonly server: SrtpKeys; readonly client: SrtpKeys } {
  const profile = srtpProfileById(profileId);
  if (!profile) throw new Error(`no profile ${profileId}`);
  const length = 2 * (profile.keyLength + profile.saltLength);
  const material = Uint8Array.from({ length }, (_, index) => (index * 31 + fill) & 0xff);
  return {
    server: splitKeyingMaterial(profile, material, 'server'),
    client: splitKeyingMaterial(profile, material, 'client'),
  };
}

export interface PlainPacket {
  readonly ssrc: number;
  /** ROC x 65536 + sequence number. */
  readonly index: number;
  readonly payload: Uint8Array;
  readonly timestamp?: number;
  readonly payloadType?: number;
}

export function plainHeader({ ssrc, index, timestamp = 3000, payloadType = 96 }: PlainPacket): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = 0x80;
  bytes[1] = payloadType;
  bytes.writeUInt16BE(index % 65_536, 2);
  bytes.writeUInt32BE(timestamp, 4);
  bytes.writeUInt32BE(ssrc, 8);
  return bytes;
}

export class Sealer {
  readonly #sender: SrtpSender;

  constructor(keys: SrtpKeys) {
    this.#sender = new SrtpSender(keys, scratch);
  }

  rtp(packet: PlainPacket): Buffer {
    const { address, bytes } = memory;
    bytes.set(plainHeader(packet));
    bytes.set(packet.payload, PAYLOAD_AT);
    const { rtp } = this.#sender;
    rtp.sealRtp(address, 12, address + PAYLOAD_AT, packet.payload.length, packet.ssrc, packet.index);
    return Buffer.from(bytes.slice(0, 12 + packet.payload.length + rtp.rtpOverhead));
  }

  rtcp(compound: Uint8Array): Buffer {
    memory.bytes.set(compound);
    return Buffer.from(memory.bytes.slice(0, this.#sender.sealRtcp(memory, 0, compound.length)));
  }

  close(): void {
    this.#sender.close();
  }
}

/** The clear packet, `undefined` when it was refused. */
export function openRtp(receiver: SrtpReceiver, datagram: Uint8Array): Buffer | undefined {
  // Not at the start of the memory, so that a wrong offset shows.
  const start = 64;
  memory.bytes.set(datagram, start);
  if (!header.read(memory.bytes, start, start + datagram.length)) return undefined;
  const length = receiver.openRtp(memory, start, start + datagram.length, header);
  return length < 0 ? undefined : Buffer.from(memory.bytes.slice(start, start + length));
}

export function openRtcp(receiver: SrtpReceiver, datagram: Uint8Array): Buffer | undefined {
  const start = 64;
  memory.bytes.set(datagram, start);
  const length = receiver.openRtcp(memory, start, start + datagram.length);
  return length < 0 ? undefined : Buffer.from(memory.bytes.slice(start, start + length));
}
