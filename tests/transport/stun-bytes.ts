import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Written apart from `src/transport/stun-write.ts`, so that tests can say what it can not: attributes in any order, wrong or missing. */
export function stunBytes(message: {
  type?: number;
  transactionId?: Uint8Array;
  attributes?: readonly (readonly [type: number, value: Uint8Array])[];
  /** Adds MESSAGE-INTEGRITY. */
  password?: string;
  afterIntegrity?: readonly (readonly [type: number, value: Uint8Array])[];
  hasFingerprint?: boolean;
}): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(message.type ?? 0x0001, 0);
  header.writeUInt32BE(0x2112a442, 4);
  header.set(message.transactionId ?? Buffer.alloc(12, 7), 8);
  let bytes: Buffer = header;
  const add = (type: number, value: Uint8Array) => {
    const attribute = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
    attribute.writeUInt16BE(type, 0);
    attribute.writeUInt16BE(value.length, 2);
    attribute.set(value, 4);
    bytes = Buffer.concat([bytes, attribute]);
  };
  const setLength = (more: number) => bytes.writeUInt16BE(bytes.length + more - 20, 2);

  for (const [type, value] of message.attributes ?? []) add(type, value);
  if (message.password !== undefined) {
    setLength(24);
    add(0x0008, createHmac('sha1', message.password).update(bytes).digest());
  }
  for (const [type, value] of message.afterIntegrity ?? []) add(type, value);
  setLength(0);
  if (message.hasFingerprint !== false) {
    setLength(8);
    const fingerprint = Buffer.alloc(4);
    fingerprint.writeUInt32BE((crc32(bytes) ^ 0x5354554e) >>> 0);
    add(0x8028, fingerprint);
  }
  return bytes;
}
