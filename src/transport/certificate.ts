import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bitString, explicit, integer, objectIdentifier, sequence, set, time, utf8String } from './der.ts';

/** What the server shows in DTLS. The peer knows it by its fingerprint alone, so name and dates mean little. */
export interface Certificate {
  readonly der: Uint8Array;
  /** PKCS#8. */
  readonly privateKeyDer: Uint8Array;
  /** `sha-256 AA:BB:…`, as in `a=fingerprint`. */
  readonly fingerprint: string;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const VERSION_3 = Buffer.of(2);

/** A self-signed certificate (RFC 5280) with a new P-256 key, valid from a day before `now` for peers whose clock is slow. */
export function createCertificate({ now = new Date(), days = 365 }: { now?: Date; days?: number } = {}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String('Freshet'))));
  const content = sequence(
    explicit(0, integer(VERSION_3)),
    integer(randomBytes(16)),
    algorithm,
    name,
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + days * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const der = sequence(content, algorithm, bitString(sign('sha256', content, privateKey)));
  return {
    der,
    privateKeyDer: privateKey.export({ type: 'pkcs8', format: 'der' }),
    fingerprint: `sha-256 ${colonHex(createHash('sha256').update(der).digest())}`,
  };
}

function colonHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
