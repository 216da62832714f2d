import { createCipheriv } from 'node:crypto';

export interface SrtpProfile {
  readonly name: 'aead_aes_128_gcm' | 'aes128_cm_hmac_sha1_80';
  readonly keyLength: number;
  readonly saltLength: number;
  /** Bytes that protection adds to an RTP packet. */
  readonly tagLength: number;
}

const PROFILES: Readonly<Record<number, SrtpProfile>> = {
  // RFC 5764 section 4.1.2 and RFC 7714 section 14.2.
  1: { name: 'aes128_cm_hmac_sha1_80', keyLength: 16, saltLength: 14, tagLength: 10 },
  7: { name: 'aead_aes_128_gcm', keyLength: 16, saltLength: 12, tagLength: 16 },
};

export function srtpProfileById(id: number): SrtpProfile | undefined {
  return PROFILES[id];
}

export interface MasterKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export interface SrtpKeys {
  readonly profile: SrtpProfile;
  readonly local: MasterKey;
  readonly remote: MasterKey;
}

/** RFC 5764 section 4.2: client key, server key, client salt, server salt. */
export function splitKeyingMaterial(profile: SrtpProfile, material: Uint8Array, role: 'server' | 'client'): SrtpKeys {
  const { keyLength, saltLength } = profile;
  const salts = 2 * keyLength;
  const client = { key: material.slice(0, keyLength), salt: material.slice(salts, salts + saltLength) };
  const server = {
    key: material.slice(keyLength, salts),
    salt: material.slice(salts + saltLength, salts + 2 * saltLength),
  };
  return role === 'server' ? { profile, local: server, remote: client } : { profile, local: client, remote: server };
}

export interface SessionKeys {
  readonly key: Uint8Array;
  /** HMAC-SHA1 key of 20 bytes; empty for AEAD. */
  readonly auth: Uint8Array;
  readonly salt: Uint8Array;
}

const BLOCK = 16;
// The longest key there is, of HMAC-SHA1, takes two blocks of keystream.
const BLOCKS = 2;
const LABELS = 3;

/** RFC 3711 section 4.3 with a key derivation rate of 0; RFC 7714 section 11 pads a 96-bit salt with zeros. */
export function deriveSessionKeys(profile: SrtpProfile, master: MasterKey, kind: 'rtp' | 'rtcp'): SessionKeys {
  const firstLabel = kind === 'rtp' ? 0 : 3;
  // Counter mode by hand: to set up a cipher costs more than all blocks of all three keys.
  const counters = Buffer.alloc(LABELS * BLOCKS * BLOCK);
  for (let block = 0; block < LABELS * BLOCKS; block += 1) {
    const at = block * BLOCK;
    counters.set(master.salt, at);
    counters.writeUInt8(counters.readUInt8(at + 7) ^ (firstLabel + Math.floor(block / BLOCKS)), at + 7);
    counters.writeUInt16BE(block % BLOCKS, at + 14);
  }
  const stream = createCipheriv('aes-128-ecb', master.key, null).update(counters);
  const key = (label: number, length: number) =>
    Uint8Array.from(stream.subarray(label * BLOCKS * BLOCK).subarray(0, length));
  const isAead = profile.name === 'aead_aes_128_gcm';
  return { key: key(0, profile.keyLength), auth: key(1, isAead ? 0 : 20), salt: key(2, profile.saltLength) };
}
