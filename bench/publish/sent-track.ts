import { randomInt } from 'node:crypto';

const FIXED_BYTES = 12;
const EXTENSION_BIT = 0x1000;
const ONE_BYTE_EXTENSIONS = 0xbede;

export interface SentTrackOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  /** One letter each, of a layer; these and no others fill one word of header extension. */
  readonly names?: { readonly midId: number; readonly mid: string; readonly ridId: number; readonly rid: string };
}

/** One SSRC that a publisher sends: its numbers so far, and the RTP header of its next packet (RFC 3550, RFC 8285). */
export class SentTrack {
  readonly ssrc: number;
  readonly headerBytes: number;
  readonly #payloadType: number;
  readonly #extension: number | undefined;
  seq = randomInt(0, 32_768);
  packets = 0;
  octets = 0;
  timestamp = 0;

  constructor({ ssrc, payloadType, names }: SentTrackOptions) {
    this.ssrc = ssrc;
    this.#payloadType = payloadType;
    if (names) this.#extension = element(names.midId, names.mid) * 0x1_0000 + element(names.ridId, names.rid);
    this.headerBytes = names ? FIXED_BYTES + 8 : FIXED_BYTES;
  }

  writeHeader(view: DataView, at: number, marker: boolean): void {
    const extension = this.#extension;
    view.setUint16(
      at,
      0x8000 | (extension === undefined ? 0 : EXTENSION_BIT) | (marker ? 0x80 : 0) | this.#payloadType,
    );
    view.setUint16(at + 2, this.seq & 0xffff);
    view.setUint32(at + 4, this.timestamp >>> 0);
    view.setUint32(at + 8, this.ssrc);
    if (extension === undefined) return;
    view.setUint16(at + 12, ONE_BYTE_EXTENSIONS);
    view.setUint16(at + 14, 1);
    view.setUint32(at + 16, extension);
  }

  /** The packet with so many bytes of payload has been sent. */
  sent(octets: number): void {
    this.seq += 1;
    this.packets += 1;
    this.octets += octets;
  }
}

function element(id: number, letter: string): number {
  return (id << 12) | letter.charCodeAt(0);
}
