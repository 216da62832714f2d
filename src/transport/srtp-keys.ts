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

/** RFC 3711 section 4.3 with a key derivation rate of 0; RFC 7714 section 11 pads a 96-bit salt with zeros. */
export function deriveSessionKeys(profile: SrtpProfile, master: MasterKey, kind: 'rtp' | 'rtcp'): SessionKeys {
  const firstLabel = kind === 'rtp' ? 0 : 3;
  const derive = (label: number, length: number) => {
    const counter = Buffer.alloc(16);
    counter.set(master.salt);
    counter.writeUInt8(counter.readUInt8(7) ^ label, 7);
    return createCipheriv('aes-128-ctr', master.key, counter).update(Buffer.alloc(length));
  };
  const isAead = profile.name === 'aead_aes_128_gcm';
  return {
    key: derive(firstLabel, profile.keyLength),
    auth: isAead ? new Uint8Array(0) : derive(firstLabel + 1, 20),
    salt: derive(firstLabel + 2, profile.saltLength),
  };
}
