import { allocateMemory, type NativeMemory } from '../native/memory.ts';
import { AeadTransform } from './srtp-aead.ts';
import { CounterTransform } from './srtp-counter.ts';
import type { MasterKey, SrtpProfile } from './srtp-keys.ts';

/**
 * SRTP or SRTCP under one key, in one direction, on packets in native memory given by address. Holds OpenSSL contexts:
 * close it.
 */
export interface SrtpTransform {
  /** Bytes added to an RTP packet. */
  readonly rtpOverhead: number;
  /** Bytes added to an RTCP packet, the index included. */
  readonly rtcpOverhead: number;
  /** Where the SRTCP index word starts: before the tag, or after it. */
  readonly rtcpIndexFromEnd: number;
  /** `packet` holds the header; the protected payload and the tag are written behind it. `index` = ROC x 65536 + seq. */
  sealRtp(
    packet: number,
    headerLength: number,
    payload: number,
    payloadLength: number,
    ssrc: number,
    index: number,
  ): void;
  /** In place. False when the tag is wrong; the packet's bytes are then undefined. */
  openRtp(packet: number, headerLength: number, length: number, ssrc: number, index: number): boolean;
  /** In place, with `rtcpOverhead` bytes of room behind. */
  sealRtcp(packet: number, length: number, ssrc: number, index: number): void;
  /** In place; `length` counts tag and index. */
  openRtcp(packet: number, length: number, ssrc: number, indexWord: number): boolean;
  close(): void;
}

/** Working memory shared by the transforms of one thread: IV, tag and index. */
export interface CipherScratch {
  readonly memory: NativeMemory;
  readonly view: DataView;
}

export function createCipherScratch(): CipherScratch {
  const memory = allocateMemory(256);
  return { memory, view: new DataView(memory.bytes.buffer) };
}

export interface TransformOptions {
  readonly profile: SrtpProfile;
  readonly master: MasterKey;
  readonly kind: 'rtp' | 'rtcp';
  readonly direction: 'seal' | 'open';
  readonly scratch: CipherScratch;
}

export function createTransform(options: TransformOptions): SrtpTransform {
  return options.profile.name === 'aead_aes_128_gcm' ? new AeadTransform(options) : new CounterTransform(options);
}
