/** STUN messages as ICE uses them: RFC 8489, and the attributes of RFC 8445 section 16.1. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Endpoint, endpointFromBytes } from './endpoint.ts';

export const BINDING = 0x001;

export interface StunMessage {
  readonly messageClass: 'request' | 'indication' | 'success' | 'error';
  readonly method: number;
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  readonly username?: string;
  readonly priority?: number;
  readonly useCandidate: boolean;
  /** The tie-breaker of a peer that holds this role. */
  readonly iceControlling?: bigint;
  readonly iceControlled?: bigint;
  readonly errorCode?: number;
  /** From XOR-MAPPED-ADDRESS. */
  readonly mappedAddress?: Endpoint;
  /** Attributes that must be understood and are not (RFC 8489 section 14). */
  readonly unknownRequired: readonly number[];
  /** Where MESSAGE-INTEGRITY begins; absent when there is none. It covers only what comes before it. */
  readonly integrityOffset?: number;
  /** FINGERPRINT was there, and right. */
  readonly hasFingerprint: boolean;
}

export const HEADER_LENGTH = 20;
export const MAGIC_COOKIE = 0x2112a442;
const MAGIC_COOKIE_BYTES = Buffer.from(MAGIC_COOKIE.toString(16), 'hex');
const INTEGRITY_LENGTH = 24;
export const FINGERPRINT_LENGTH = 8;
const FINGERPRINT_XOR = 0x5354554e;
const CLASSES = ['request', 'indication', 'success', 'error'] as const;

export const attributeTypes = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** `undefined` when malformed: header, lengths, or a FINGERPRINT that is wrong. */
export function readStun(bytes: Uint8Array): StunMessage | undefined {
  if (!hasStunHeader(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(0);
  const unknownRequired: number[] = [];
  let found: Partial<StunMessage> = {};
  let hasFingerprint = false;

  for (let at = HEADER_LENGTH; at < bytes.length; ) {
    const attribute = view.getUint16(at);
    const end = at + 4 + view.getUint16(at + 2);
    const next = (end + 3) & ~3;
    if (next > bytes.length) return undefined;
    if (attribute === attributeTypes.fingerprint) {
      if (next !== bytes.length || end - at !== FINGERPRINT_LENGTH) return undefined;
      if (view.getUint32(at + 4) !== fingerprintOf(bytes.subarray(0, at))) return undefined;
      hasFingerprint = true;
    } else if (found.integrityOffset === undefined) {
      const read = readAttribute(attribute, view, at, end);
      if (read === 'malformed') return undefined;
      if (read !== 'unknown') {
        // Where one comes twice, the first counts.
        found = { ...read, ...found };
      } else if (attribute < 0x8000) {
        unknownRequired.push(attribute);
      }
    }
    at = next;
  }

  return {
    messageClass: CLASSES[((type >> 7) & 2) | ((type >> 4) & 1)] ?? 'request',
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    transactionId: bytes.slice(8, HEADER_LENGTH),
    useCandidate: false,
    ...found,
    unknownRequired,
    hasFingerprint,
  };
}

/** `message` was read from `bytes`. False when there is no MESSAGE-INTEGRITY. Takes the same time wherever they differ. */
export function hasValidIntegrity(bytes: Uint8Array, message: StunMessage, password: string): boolean {
  const offset = message.integrityOffset;
  if (offset === undefined) return false;
  return timingSafeEqual(
    integrityOf(bytes.subarray(0, offset), password),
    bytes.subarray(offset + 4, offset + INTEGRITY_LENGTH),
  );
}

/** A STUN message as far as its first 20 bytes tell; whole words, and no byte after it. */
export function hasStunHeader(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_LENGTH || bytes.length % 4 !== 0) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_LENGTH);
  if (view.getUint16(0) > 0x3fff || view.getUint32(4) !== MAGIC_COOKIE) return false;
  return view.getUint16(2) === bytes.length - HEADER_LENGTH;
}

function readAttribute(
  type: number,
  view: DataView,
  at: number,
  end: number,
): Partial<StunMessage> | 'malformed' | 'unknown' {
  const value = new Uint8Array(view.buffer, view.byteOffset + at + 4, end - at - 4);
  const hasLength = (length: number) => value.length === length;
  switch (type) {
    case attributeTypes.username:
      return value.length <= 513 ? { username: Buffer.from(value).toString() } : 'malformed';
    case attributeTypes.messageIntegrity:
      return hasLength(20) ? { integrityOffset: at } : 'malformed';
    case attributeTypes.priority:
      return hasLength(4) ? { priority: view.getUint32(at + 4) } : 'malformed';
    case attributeTypes.useCandidate:
      return hasLength(0) ? { useCandidate: true } : 'malformed';
    case attributeTypes.iceControlling:
      return hasLength(8) ? { iceControlling: view.getBigUint64(at + 4) } : 'malformed';
    case attributeTypes.iceControlled:
      return hasLength(8) ? { iceControlled: view.getBigUint64(at + 4) } : 'malformed';
    case attributeTypes.errorCode:
      return value.length >= 4 ? { errorCode: (view.getUint8(at + 6) & 7) * 100 + view.getUint8(at + 7) } : 'malformed';
    case attributeTypes.xorMappedAddress:
      return readMappedAddress(value, new Uint8Array(view.buffer, view.byteOffset + 8, 12));
    case attributeTypes.mappedAddress:
    case attributeTypes.unknownAttributes:
    case attributeTypes.realm:
    case attributeTypes.nonce:
      return {};
    default:
      return 'unknown';
  }
}

function readMappedAddress(value: Uint8Array, transactionId: Uint8Array): { mappedAddress: Endpoint } | 'malformed' {
  const [, family, portHigh = 0, portLow = 0] = value;
  if (value.length !== (family === 1 ? 8 : 20) || (family !== 1 && family !== 2)) return 'malformed';
  const port = ((portHigh << 8) | portLow) ^ (MAGIC_COOKIE >>> 16);
  return { mappedAddress: endpointFromBytes(maskedIp(value.subarray(4), transactionId), port) };
}

/** XOR with the magic cookie and the transaction id, both ways. */
export function maskedIp(ip: Uint8Array, transactionId: Uint8Array): Uint8Array {
  const mask = Buffer.concat([MAGIC_COOKIE_BYTES, transactionId]);
  return ip.map((byte, index) => byte ^ (mask[index] ?? 0));
}

/** `before`: the message up to where MESSAGE-INTEGRITY begins. Its header counts that attribute as the last one. */
export function integrityOf(before: Uint8Array, password: string): Uint8Array {
  const header = Buffer.from(before.subarray(0, HEADER_LENGTH));
  header.writeUInt16BE(before.length + INTEGRITY_LENGTH - HEADER_LENGTH, 2);
  return createHmac('sha1', password).update(header).update(before.subarray(HEADER_LENGTH)).digest();
}

/** `before`: the message up to where FINGERPRINT begins, its header already counting it. */
export function fingerprintOf(before: Uint8Array): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}
