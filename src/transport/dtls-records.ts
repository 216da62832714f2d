/** DTLS 1.2 record framing (RFC 6347 section 4.1), without cryptography. */

export const RECORD_HEADER = 13;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

// 8 bytes of explicit nonce and a 16-byte tag: no protected AES-GCM record is shorter (RFC 5288).
const PROTECTED_OVERHEAD = 24;
const MAX_DATAGRAM = 1200;

export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  readonly start: number;
  readonly end: number;
}

/** The whole records of a datagram, up to the first malformed one. */
export function readRecords(datagram: Uint8Array): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let start = 0;
  while (start + RECORD_HEADER <= datagram.length) {
    const type = view.getUint8(start);
    const end = start + RECORD_HEADER + view.getUint16(start + 11);
    if (type < 20 || type > 25 || view.getUint8(start + 1) !== 0xfe || end > datagram.length) break;
    records.push({ type, epoch: view.getUint16(start + 3), start, end });
    start = end;
  }
  return records;
}

/**
 * The part of a datagram that OpenSSL may see. A protected record too short to hold a tag is dropped: OpenSSL ends the
 * whole association on it, so anyone who can spoof an address could.
 */
export function withoutPoison(datagram: Uint8Array): Uint8Array {
  const records = readRecords(datagram);
  const sound = records.filter(
    ({ epoch, start, end }) => epoch === 0 || end - start - RECORD_HEADER >= PROTECTED_OVERHEAD,
  );
  const last = records.at(-1);
  if (sound.length === records.length && last?.end === datagram.length) return datagram;
  return Buffer.concat(sound.map(({ start, end }) => datagram.subarray(start, end)));
}

/** Cuts what OpenSSL wrote at record boundaries and packs it into datagrams that every path carries. */
export function packRecords(output: Uint8Array): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  let start = 0;
  let end = 0;
  for (const record of readRecords(output)) {
    if (end > start && record.end - start > MAX_DATAGRAM) {
      datagrams.push(output.subarray(start, end));
      start = record.start;
    }
    end = record.end;
  }
  if (end > start) datagrams.push(output.subarray(start, end));
  return datagrams;
}
