/** The STUN messages of ICE as they are sent. The server only answers; requests are for clients. */

import type { Endpoint } from './endpoint.ts';
import {
  attributeTypes,
  FINGERPRINT_LENGTH,
  fingerprintOf,
  HEADER_LENGTH,
  integrityOf,
  MAGIC_COOKIE,
  maskedIp,
} from './stun.ts';

export interface BindingRequest {
  readonly transactionId: Uint8Array;
  /** `their ufrag:our ufrag`. */
  readonly username: string;
  /** Theirs. */
  readonly password: string;
  readonly priority: number;
  readonly useCandidate: boolean;
  /** The tie-breaker. */
  readonly controlling: bigint;
}

/** A connectivity check of a controlling agent. */
export function writeBindingRequest(request: BindingRequest): Uint8Array {
  const attributes = [
    attribute(attributeTypes.username, Buffer.from(request.username)),
    attribute(attributeTypes.priority, uint32(request.priority)),
    attribute(attributeTypes.iceControlling, uint64(request.controlling)),
  ];
  if (request.useCandidate) attributes.push(attribute(attributeTypes.useCandidate, Buffer.alloc(0)));
  return writeMessage(0x0001, request.transactionId, attributes, request.password);
}

/** `endpoint`: where the request came from. `password`: ours. */
export function writeBindingSuccess(success: {
  transactionId: Uint8Array;
  endpoint: Endpoint;
  password: string;
}): Uint8Array {
  const { transactionId, endpoint, password } = success;
  const value = Buffer.alloc(4);
  value[1] = endpoint.family === 4 ? 1 : 2;
  value.writeUInt16BE(endpoint.port ^ (MAGIC_COOKIE >>> 16), 2);
  const address = attribute(
    attributeTypes.xorMappedAddress,
    Buffer.concat([value, maskedIp(endpoint.ip, transactionId)]),
  );
  return writeMessage(0x0101, transactionId, [address], password);
}

/** `unknown`: the attributes a 420 complains of. */
export function writeBindingError(error: {
  transactionId: Uint8Array;
  code: number;
  reason: string;
  password?: string;
  unknown?: readonly number[];
}): Uint8Array {
  const code = Buffer.from([0, 0, Math.trunc(error.code / 100), error.code % 100]);
  const attributes = [attribute(attributeTypes.errorCode, Buffer.concat([code, Buffer.from(error.reason)]))];
  if (error.unknown) {
    const list = Buffer.concat(error.unknown.map((type) => Buffer.from([type >> 8, type & 0xff])));
    attributes.push(attribute(attributeTypes.unknownAttributes, list));
  }
  return writeMessage(0x0111, error.transactionId, attributes, error.password);
}

function writeMessage(
  type: number,
  transactionId: Uint8Array,
  attributes: readonly Uint8Array[],
  password: string | undefined,
): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  const parts = [header, transactionId, ...attributes];
  if (password !== undefined) {
    parts.push(attribute(attributeTypes.messageIntegrity, integrityOf(Buffer.concat(parts), password)));
  }
  const length = parts.reduce((sum, part) => sum + part.length, FINGERPRINT_LENGTH - HEADER_LENGTH);
  header.writeUInt16BE(length, 2);
  parts.push(attribute(attributeTypes.fingerprint, uint32(fingerprintOf(Buffer.concat(parts)))));
  return Buffer.concat(parts);
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
