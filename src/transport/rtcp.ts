/** RTCP as it arrives: RFC 3550, 3611, feedback of RFC 4585 and 5104, REMB (draft-alvestrand-rmcat-remb). */

export interface ReceptionReport {
  /** Whose packets are reported on. */
  readonly ssrc: number;
  /** Since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Signed: duplicates make it negative. */
  readonly cumulativeLost: number;
  /** Extended: the upper 16 bits count the cycles. */
  readonly highestSeq: number;
  /** In timestamp units. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's NTP time; 0 before there was one. */
  readonly lastSr: number;
  /** In 1/65536 s. */
  readonly delaySinceLastSr: number;
}

export interface ReferenceHeard {
  /** Whose reference time it is. */
  readonly ssrc: number;
  /** The middle 32 bits of it; 0 before there was one. */
  readonly ntpMiddle: number;
  /** Since it came, in 1/65536 s. */
  readonly delay: number;
}

export interface SenderReport {
  readonly ssrc: number;
  readonly ntpHigh: number;
  readonly ntpLow: number;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
  readonly reports: readonly ReceptionReport[];
}

export type RtcpItem =
  | ({ readonly type: 'sender_report' } & SenderReport)
  | { readonly type: 'receiver_report'; readonly ssrc: number; readonly reports: readonly ReceptionReport[] }
  /** A receiver's clock: the middle 32 bits of its NTP time (RFC 3611 section 4.4). */
  | { readonly type: 'reference_time'; readonly ssrc: number; readonly ntpMiddle: number }
  /** What a sender knows of the reference times of receivers (RFC 3611 section 4.5). */
  | { readonly type: 'reference_heard'; readonly times: readonly ReferenceHeard[] }
  | { readonly type: 'bye'; readonly ssrcs: readonly number[] }
  | { readonly type: 'nack'; readonly senderSsrc: number; readonly mediaSsrc: number; readonly seqs: readonly number[] }
  | { readonly type: 'pli'; readonly mediaSsrc: number }
  | { readonly type: 'fir'; readonly mediaSsrcs: readonly number[] }
  | { readonly type: 'remb'; readonly bitrateBps: number; readonly ssrcs: readonly number[] }
  /** `raw`: the feedback from its base sequence number on (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
  | { readonly type: 'transport_cc'; readonly mediaSsrc: number; readonly raw: Uint8Array };

export const packetTypes = {
  senderReport: 200,
  receiverReport: 201,
  sdes: 202,
  bye: 203,
  rtpfb: 205,
  psfb: 206,
  extendedReport: 207,
} as const;
export const rtpfbFormats = { nack: 1, transportCc: 15 } as const;
export const extendedBlocks = { referenceTime: 4, delaySinceReference: 5 } as const;
export const psfbFormats = { pli: 1, fir: 4, applicationLayer: 15 } as const;
export const REMB_NAME = 0x52454d42;
export const REPORT_LENGTH = 24;

const MAX_ITEMS = 64;
const MAX_NACKED = 1024;

/** Reads a compound or reduced-size packet up to its first malformed part; kinds not listed in `RtcpItem` are passed over. */
export function readRtcp(bytes: Uint8Array): RtcpItem[] {
  const items: RtcpItem[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length && items.length < MAX_ITEMS; ) {
    const first = view.getUint8(at);
    const next = at + 4 + 4 * view.getUint16(at + 2);
    if (first >> 6 !== 2 || next > bytes.length) break;
    const padding = first & 0x20 ? view.getUint8(next - 1) : 0;
    const end = next - padding;
    if (end < at + 4 || (first & 0x20 && padding === 0)) break;
    const part = new DataView(view.buffer, view.byteOffset + at, end - at);
    const item = readPart(view.getUint8(at + 1), first & 0x1f, part);
    if (item === 'malformed') break;
    if (item) items.push(item);
    at = next;
  }
  return items;
}

/** `count`: the five bits that are a number of blocks or a feedback format. `part`: one packet with its header, without padding. */
function readPart(type: number, count: number, part: DataView): RtcpItem | 'malformed' | undefined {
  switch (type) {
    case packetTypes.senderReport:
      return readSenderReport(part, count);
    case packetTypes.receiverReport:
      if (part.byteLength < 8 + count * REPORT_LENGTH) return 'malformed';
      return { type: 'receiver_report', ssrc: part.getUint32(4), reports: readReports(part, 8, count) };
    case packetTypes.bye:
      if (part.byteLength < 4 + count * 4) return 'malformed';
      return { type: 'bye', ssrcs: readSsrcs(part, 4, count) };
    case packetTypes.rtpfb:
      return part.byteLength < 12 ? 'malformed' : readTransportFeedback(count, part);
    case packetTypes.psfb:
      return part.byteLength < 12 ? 'malformed' : readPayloadFeedback(count, part);
    case packetTypes.extendedReport:
      return part.byteLength < 8 ? 'malformed' : readExtendedReport(part);
    default:
      return undefined;
  }
}

/** A receiver's reference time, else what a sender heard of ours; clients send one or the other. */
function readExtendedReport(part: DataView): RtcpItem | undefined {
  let heard: RtcpItem | undefined;
  for (let at = 8; at + 4 <= part.byteLength; at += 4 + 4 * part.getUint16(at + 2)) {
    const type = part.getUint8(at);
    const words = part.getUint16(at + 2);
    if (at + 4 + 4 * words > part.byteLength) break;
    if (type === extendedBlocks.referenceTime && words === 2) {
      return { type: 'reference_time', ssrc: part.getUint32(4), ntpMiddle: part.getUint32(at + 6) };
    }
    if (type === extendedBlocks.delaySinceReference) {
      const count = Math.min(Math.floor(words / 3), MAX_ITEMS);
      const times = Array.from({ length: count }, (_, index) => readHeard(part, at + 4 + index * 12));
      heard = { type: 'reference_heard', times };
    }
  }
  return heard;
}

function readHeard(part: DataView, at: number): ReferenceHeard {
  return { ssrc: part.getUint32(at), ntpMiddle: part.getUint32(at + 4), delay: part.getUint32(at + 8) };
}

function readSenderReport(part: DataView, count: number): RtcpItem | 'malformed' {
  if (part.byteLength < 28 + count * REPORT_LENGTH) return 'malformed';
  return {
    type: 'sender_report',
    ssrc: part.getUint32(4),
    ntpHigh: part.getUint32(8),
    ntpLow: part.getUint32(12),
    rtpTimestamp: part.getUint32(16),
    packetCount: part.getUint32(20),
    octetCount: part.getUint32(24),
    reports: readReports(part, 28, count),
  };
}

function readReports(part: DataView, start: number, count: number): ReceptionReport[] {
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * REPORT_LENGTH;
    return {
      ssrc: part.getUint32(at),
      fractionLost: part.getUint8(at + 4),
      cumulativeLost: (part.getUint32(at + 4) << 8) >> 8,
      highestSeq: part.getUint32(at + 8),
      jitter: part.getUint32(at + 12),
      lastSr: part.getUint32(at + 16),
      delaySinceLastSr: part.getUint32(at + 20),
    };
  });
}

function readTransportFeedback(format: number, part: DataView): RtcpItem | 'malformed' | undefined {
  const mediaSsrc = part.getUint32(8);
  if (format === rtpfbFormats.nack) {
    return { type: 'nack', senderSsrc: part.getUint32(4), mediaSsrc, seqs: readNackedSeqs(part) };
  }
  if (format !== rtpfbFormats.transportCc) return undefined;
  if (part.byteLength < 20) return 'malformed';
  return {
    type: 'transport_cc',
    mediaSsrc,
    raw: new Uint8Array(part.buffer, part.byteOffset + 12, part.byteLength - 12),
  };
}

/** Each entry names one packet and, in a bit mask, which of the sixteen after it are missing too. */
function readNackedSeqs(part: DataView): number[] {
  const seqs: number[] = [];
  for (let at = 12; at + 4 <= part.byteLength && seqs.length < MAX_NACKED; at += 4) {
    const seq = part.getUint16(at);
    seqs.push(seq);
    for (let mask = part.getUint16(at + 2), next = seq + 1; mask !== 0; mask >>= 1, next++) {
      if (mask & 1) seqs.push(next & 0xffff);
    }
  }
  return seqs;
}

function readPayloadFeedback(format: number, part: DataView): RtcpItem | 'malformed' | undefined {
  switch (format) {
    case psfbFormats.pli:
      return { type: 'pli', mediaSsrc: part.getUint32(8) };
    case psfbFormats.fir: {
      const count = Math.min(Math.floor((part.byteLength - 12) / 8), MAX_ITEMS);
      return { type: 'fir', mediaSsrcs: Array.from({ length: count }, (_, index) => part.getUint32(12 + index * 8)) };
    }
    case psfbFormats.applicationLayer:
      return readRemb(part);
    default:
      return undefined;
  }
}

function readRemb(part: DataView): RtcpItem | 'malformed' | undefined {
  if (part.byteLength < 20 || part.getUint32(12) !== REMB_NAME) return undefined;
  const count = part.getUint8(16);
  if (part.byteLength < 20 + count * 4) return 'malformed';
  const rate = part.getUint32(16) & 0xffffff;
  return { type: 'remb', bitrateBps: (rate & 0x3ffff) * 2 ** (rate >> 18), ssrcs: readSsrcs(part, 20, count) };
}

function readSsrcs(part: DataView, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => part.getUint32(start + index * 4));
}
