import type { Fingerprint, IceCredentials, PeerPlan } from '../media/plan.ts';
import { badOffer, unsupportedOffer } from './sdp-error.ts';
import { type Attributes, all, first, words } from './sections.ts';

/** The other side of the one transport that carries everything (RFC 9143 BUNDLE). */
export interface OfferedPeer {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: 'actpass' | 'active' | 'passive';
}

const DIGEST_BYTES = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const;
const MAX_FINGERPRINTS = 8;

/** `levels` are searched in order: the offerer-tagged m-section, the others of the bundle, the session. */
export function readPeer(levels: readonly Attributes[]): OfferedPeer {
  const having = (name: string) => levels.find((level) => level.has(name));
  const ice = having('ice-ufrag');
  const dtls = having('fingerprint');
  const setup = having('setup');
  if (ice === undefined) throw badOffer('there is no a=ice-ufrag');
  if (dtls === undefined) throw badOffer('there is no a=fingerprint: media is sent over DTLS-SRTP only');
  if (setup === undefined) throw badOffer('there is no a=setup');
  return {
    // The two belong together: RFC 8839 section 5.4 wants them at one level.
    ice: readIce(first(ice, 'ice-ufrag'), first(ice, 'ice-pwd')),
    fingerprints: readFingerprints(all(dtls, 'fingerprint')),
    setup: readSetup(first(setup, 'setup')),
  };
}

/** RFC 8839 section 5.4: lengths and alphabet of ICE credentials. */
export function readIce(ufrag: string | undefined, pwd: string | undefined): IceCredentials {
  if (ufrag === undefined || !/^[A-Za-z0-9+/]{4,256}$/.test(ufrag)) throw badOffer('a=ice-ufrag is not valid');
  if (pwd === undefined || !/^[A-Za-z0-9+/]{22,256}$/.test(pwd)) throw badOffer('a=ice-pwd is missing or not valid');
  return { ufrag, pwd };
}

export function peerPlan(peer: OfferedPeer, localIce: IceCredentials): PeerPlan {
  return {
    localIce,
    remoteIce: peer.ice,
    fingerprints: peer.fingerprints,
    dtlsRole: peer.setup === 'passive' ? 'client' : 'server',
  };
}

function readSetup(value: string | undefined): OfferedPeer['setup'] {
  if (value === 'actpass' || value === 'active' || value === 'passive') return value;
  throw badOffer('a=setup must be actpass, active or passive');
}

function readFingerprints(values: readonly string[]): readonly Fingerprint[] {
  const known = values.slice(0, MAX_FINGERPRINTS).map(readFingerprint);
  const fingerprints = known.filter((fingerprint) => fingerprint !== undefined);
  if (fingerprints.length === 0)
    throw unsupportedOffer('the certificate fingerprint must be sha-256, sha-384 or sha-512');
  return fingerprints;
}

/** `undefined` for a hash we do not trust. */
function readFingerprint(value: string): Fingerprint | undefined {
  const [name = '', digest = ''] = words(value);
  const algorithm = name.toLowerCase();
  if (!isTrusted(algorithm)) return undefined;
  const bytes = digest.split(':');
  if (bytes.length !== DIGEST_BYTES[algorithm] || !bytes.every((byte) => /^[0-9A-Fa-f]{2}$/.test(byte))) {
    throw badOffer('a=fingerprint is not valid');
  }
  return { algorithm, value: Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)) };
}

function isTrusted(algorithm: string): algorithm is Fingerprint['algorithm'] {
  return Object.hasOwn(DIGEST_BYTES, algorithm);
}
