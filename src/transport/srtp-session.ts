import type { RtpHeader } from '../media/rtp-header.ts';
import { ReplayWindow } from './replay-window.ts';
import type { SrtpKeys } from './srtp-keys.ts';
import { type CipherScratch, createTransform, type SrtpTransform } from './srtp-transform.ts';

const MAX_SSRCS = 32;
const MAX_RTCP_INDEX = 0x7fff_ffff;
const MIN_RTCP = 8;
// RFC 3711 section 3.3.1: half of the sequence space tells which side of a wrap a number is on.
const LATE_FIRST = 32_768;

/** Bytes in native memory: `bytes[start]` lies at `address + start`. */
export interface NativeSlice {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What a peer sends: opened in place, each packet once (RFC 3711 section 3.3). */
export class SrtpReceiver {
  readonly #keys: SrtpKeys;
  readonly #scratch: CipherScratch;
  readonly #rtcp: SrtpTransform;
  // Made with the first packet: viewers send none.
  #rtp: SrtpTransform | undefined;
  readonly #rtpWindows = new Map<number, ReplayWindow>();
  readonly #rtcpWindows = new Map<number, ReplayWindow>();

  constructor(keys: SrtpKeys, scratch: CipherScratch) {
    this.#keys = keys;
    this.#scratch = scratch;
    this.#rtcp = this.#transform('rtcp');
  }

  /** The length without the tag, or -1: replayed, not authentic, or one SSRC too many. */
  openRtp(memory: NativeSlice, start: number, end: number, header: RtpHeader): number {
    const window = this.#rtpWindows.get(header.ssrc);
    if (!window) return this.#openFirstRtp(memory, start, end, header);
    const index = window.indexOf(header.seq);
    if (!window.isFresh(index)) return -1;
    const length = this.#openRtpAt(memory, start, end, header, index);
    if (length >= 0) window.mark(index);
    return length;
  }

  /** The length of the clear compound packet, or -1. */
  openRtcp(memory: NativeSlice, start: number, end: number): number {
    const length = end - start;
    const clear = length - this.#rtcp.rtcpOverhead;
    if (clear < MIN_RTCP) return -1;
    const ssrc = readUint32(memory.bytes, start + 4);
    const indexWord = readUint32(memory.bytes, end - this.#rtcp.rtcpIndexFromEnd);
    const index = indexWord & MAX_RTCP_INDEX;
    const known = this.#rtcpWindows.get(ssrc);
    if (!known && this.#rtcpWindows.size >= MAX_SSRCS) return -1;
    const window = known ?? new ReplayWindow();
    if (!window.isFresh(index)) return -1;
    if (!this.#rtcp.openRtcp(memory.address + start, length, ssrc, indexWord)) return -1;
    window.mark(index);
    if (!known) this.#rtcpWindows.set(ssrc, window);
    return clear;
  }

  close(): void {
    this.#rtp?.close();
    this.#rtcp.close();
  }

  /** A sender's count of rollovers begins at 0, and is 1 already where all it sent before its first wrap was lost. */
  #openFirstRtp(memory: NativeSlice, start: number, end: number, header: RtpHeader): number {
    if (this.#rtpWindows.size >= MAX_SSRCS) return -1;
    const { seq, ssrc } = header;
    const guesses = seq < LATE_FIRST ? [seq, seq + 65_536] : [seq];
    const sealed = memory.bytes.slice(start, end);
    for (const index of guesses) {
      // What the wrong guess left is undefined.
      memory.bytes.set(sealed, start);
      const length = this.#openRtpAt(memory, start, end, header, index);
      if (length < 0) continue;
      const window = new ReplayWindow();
      window.mark(index);
      this.#rtpWindows.set(ssrc, window);
      return length;
    }
    return -1;
  }

  #openRtpAt(memory: NativeSlice, start: number, end: number, header: RtpHeader, index: number): number {
    const length = end - start;
    this.#rtp ??= this.#transform('rtp');
    const isOpen = this.#rtp.openRtp(memory.address + start, header.headerLength, length, header.ssrc, index);
    return isOpen ? length - this.#rtp.rtpOverhead : -1;
  }

  #transform(kind: 'rtp' | 'rtcp'): SrtpTransform {
    const { profile, remote } = this.#keys;
    return createTransform({ profile, master: remote, kind, direction: 'open', scratch: this.#scratch });
  }
}

/** What we send to one peer. RTP goes through `rtp` directly: the fan-out is the hot path. */
export class SrtpSender {
  readonly rtp: SrtpTransform;
  readonly #rtcp: SrtpTransform;
  #rtcpIndex = 0;

  constructor(keys: SrtpKeys, scratch: CipherScratch) {
    const common = { profile: keys.profile, master: keys.local, direction: 'seal', scratch } as const;
    this.rtp = createTransform({ ...common, kind: 'rtp' });
    this.#rtcp = createTransform({ ...common, kind: 'rtcp' });
  }

  /** Protects a compound packet lying at `start`, with room for 20 bytes behind it. The protected length. */
  sealRtcp(memory: NativeSlice, start: number, length: number): number {
    this.#rtcpIndex = (this.#rtcpIndex + 1) & MAX_RTCP_INDEX;
    this.#rtcp.sealRtcp(memory.address + start, length, readUint32(memory.bytes, start + 4), this.#rtcpIndex);
    return length + this.#rtcp.rtcpOverhead;
  }

  close(): void {
    this.rtp.close();
    this.#rtcp.close();
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}
