/** RTCP that we send. Each function makes one packet; `compound` puts several into one datagram. */

import {
  extendedBlocks,
  packetTypes,
  psfbFormats,
  REMB_NAME,
  REPORT_LENGTH,
  type ReceptionReport,
  rtpfbFormats,
  type SenderReport,
} from './rtcp.ts';

/** Five bits count the blocks of a packet. */
const MAX_BLOCKS = 31;
const MAX_MANTISSA = 0x3ffff;

/** RFC 3550 section 6.1: a report first, an SDES with it; alone only where reduced size was agreed (RFC 5506). */
export function compound(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** At most 31 reports. */
export function writeSenderReport(report: SenderReport): Uint8Array {
  const { bytes, view } = open(
    packetTypes.senderReport,
    report.reports.length,
    28 + report.reports.length * REPORT_LENGTH,
  );
  view.setUint32(4, report.ssrc);
  view.setUint32(8, report.ntpHigh);
  view.setUint32(12, report.ntpLow);
  view.setUint32(16, report.rtpTimestamp);
  view.setUint32(20, report.packetCount);
  view.setUint32(24, report.octetCount);
  writeReports(view, 28, report.reports);
  return bytes;
}

/** At most 31 reports. `ssrc`: ours. */
export function writeReceiverReport(ssrc: number, reports: readonly ReceptionReport[]): Uint8Array {
  const { bytes, view } = open(packetTypes.receiverReport, reports.length, 8 + reports.length * REPORT_LENGTH);
  view.setUint32(4, ssrc);
  writeReports(view, 8, reports);
  return bytes;
}

/** `cname`: at most 255 bytes of UTF-8. */
export function writeSdes(ssrc: number, cname: string): Uint8Array {
  const text = Buffer.from(cname);
  if (text.length > 255) throw new RangeError('A CNAME of more than 255 bytes');
  // One to four zero bytes end the chunk.
  const { bytes, view } = open(packetTypes.sdes, 1, (4 + 4 + 2 + text.length + 4) & ~3);
  view.setUint32(4, ssrc);
  view.setUint8(8, 1);
  view.setUint8(9, text.length);
  bytes.set(text, 10);
  return bytes;
}

/** Tells a receiver its round trip, when sent as its reference time comes (RFC 3611 section 4.5). `ssrc`: ours. */
export function writeDelaySinceReference(ssrc: number, reference: { ssrc: number; ntpMiddle: number }): Uint8Array {
  const { bytes, view } = open(packetTypes.extendedReport, 0, 24);
  view.setUint32(4, ssrc);
  view.setUint8(8, extendedBlocks.delaySinceReference);
  view.setUint16(10, 3);
  view.setUint32(12, reference.ssrc);
  view.setUint32(16, reference.ntpMiddle);
  return bytes;
}

/** Our clock, which a sender gives back if it knows how: so we learn the round trip (RFC 3611 section 4.4). */
export function writeReferenceTime(ssrc: number, ntp: { high: number; low: number }): Uint8Array {
  const { bytes, view } = open(packetTypes.extendedReport, 0, 20);
  view.setUint32(4, ssrc);
  view.setUint8(8, extendedBlocks.referenceTime);
  view.setUint16(10, 2);
  view.setUint32(12, ntp.high);
  view.setUint32(16, ntp.low);
  return bytes;
}

/** With `writeFir` and `writeRemb` what clients send, and this server only reads. */
export function writeBye(ssrcs: readonly number[]): Uint8Array {
  const { bytes, view } = open(packetTypes.bye, ssrcs.length, 4 + ssrcs.length * 4);
  writeSsrcs(view, 4, ssrcs);
  return bytes;
}

/** `seqs` in the order they were sent make the shortest packet, across the wrap too. */
export function writeNack(senderSsrc: number, mediaSsrc: number, seqs: readonly number[]): Uint8Array {
  const entries: { seq: number; mask: number }[] = [];
  for (const seq of seqs) {
    const last = entries.at(-1);
    const distance = last ? (seq - last.seq) & 0xffff : Number.POSITIVE_INFINITY;
    if (last && distance === 0) continue;
    if (last && distance <= 16) last.mask |= 1 << (distance - 1);
    else entries.push({ seq, mask: 0 });
  }
  const { bytes, view } = openFeedback(packetTypes.rtpfb, rtpfbFormats.nack, senderSsrc, mediaSsrc, entries.length * 4);
  for (const [index, { seq, mask }] of entries.entries()) {
    view.setUint16(12 + index * 4, seq);
    view.setUint16(14 + index * 4, mask);
  }
  return bytes;
}

export function writePli(senderSsrc: number, mediaSsrc: number): Uint8Array {
  return openFeedback(packetTypes.psfb, psfbFormats.pli, senderSsrc, mediaSsrc, 0).bytes;
}

/** `commandSeq` grows by one with each new request, modulo 256; a repeated one keeps its number (RFC 5104 section 4.3.1). */
export function writeFir(senderSsrc: number, mediaSsrc: number, commandSeq: number): Uint8Array {
  const { bytes, view } = openFeedback(packetTypes.psfb, psfbFormats.fir, senderSsrc, 0, 8);
  view.setUint32(12, mediaSsrc);
  view.setUint8(16, commandSeq & 0xff);
  return bytes;
}

/** The bitrate is rounded down to 18 significant bits. */
export function writeRemb(senderSsrc: number, bitrateBps: number, ssrcs: readonly number[]): Uint8Array {
  let exponent = 0;
  let mantissa = Math.floor(bitrateBps);
  for (; mantissa > MAX_MANTISSA; mantissa = Math.floor(mantissa / 2)) exponent++;
  const { bytes, view } = openFeedback(
    packetTypes.psfb,
    psfbFormats.applicationLayer,
    senderSsrc,
    0,
    8 + ssrcs.length * 4,
  );
  view.setUint32(12, REMB_NAME);
  view.setUint32(16, (exponent << 18) | mantissa);
  view.setUint8(16, ssrcs.length);
  writeSsrcs(view, 20, ssrcs);
  return bytes;
}

function open(type: number, count: number, length: number): { bytes: Uint8Array; view: DataView } {
  if (count > MAX_BLOCKS) throw new RangeError(`${count} blocks in one RTCP packet`);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80 | count);
  view.setUint8(1, type);
  view.setUint16(2, length / 4 - 1);
  return { bytes, view };
}

function openFeedback(type: number, format: number, senderSsrc: number, mediaSsrc: number, length: number) {
  const packet = open(type, format, 12 + length);
  packet.view.setUint32(4, senderSsrc);
  packet.view.setUint32(8, mediaSsrc);
  return packet;
}

function writeReports(view: DataView, start: number, reports: readonly ReceptionReport[]): void {
  for (const [index, report] of reports.entries()) {
    const at = start + index * REPORT_LENGTH;
    view.setUint32(at, report.ssrc);
    view.setInt32(at + 4, report.cumulativeLost);
    view.setUint8(at + 4, report.fractionLost);
    view.setUint32(at + 8, report.highestSeq);
    view.setUint32(at + 12, report.jitter);
    view.setUint32(at + 16, report.lastSr);
    view.setUint32(at + 20, report.delaySinceLastSr);
  }
}

function writeSsrcs(view: DataView, start: number, ssrcs: readonly number[]): void {
  for (const [index, ssrc] of ssrcs.entries()) view.setUint32(start + index * 4, ssrc);
}
