import type { CodecName, MediaKind, PayloadPlan } from '../media/plan.ts';
import { type H264Profile, h264Profile } from './h264-profile.ts';
import type { MediaOffer } from './offer.ts';
import type { OfferedCodec } from './offered-codecs.ts';

/** An offered payload type that carries a codec we know. */
export interface KnownCodec {
  readonly name: CodecName;
  readonly clockRate: number;
  readonly offered: OfferedCodec;
  /** H264 only. */
  readonly profile?: H264Profile;
}

const NAMES: ReadonlyMap<string, { kind: MediaKind; name: CodecName; clockRate: number }> = new Map([
  ['opus/48000/2', { kind: 'audio', name: 'opus', clockRate: 48_000 }],
  ['h264/90000', { kind: 'video', name: 'h264', clockRate: 90_000 }],
  ['vp8/90000', { kind: 'video', name: 'vp8', clockRate: 90_000 }],
  ['vp9/90000', { kind: 'video', name: 'vp9', clockRate: 90_000 }],
  ['av1/90000', { kind: 'video', name: 'av1', clockRate: 90_000 }],
]);

/** What to tell a client that offers none of them. */
export const CODECS_TAKEN = {
  audio: 'Opus (48000/2)',
  video: 'H264 (packetization-mode=1), VP8, VP9 (profile 0) or AV1 (main profile)',
} as const satisfies Record<MediaKind, string>;

/** Parameters that an answer gives back as they were offered; the rest describe only the offerer. */
const ECHOED: Readonly<Record<CodecName, readonly string[]>> = {
  opus: [],
  h264: ['level-asymmetry-allowed', 'packetization-mode', 'profile-level-id'],
  vp8: [],
  vp9: ['profile-id'],
  av1: ['level-idx', 'profile', 'tier'],
};

/** Those of a section that we can carry, in the offer's order. */
export function knownCodecs(section: MediaOffer): readonly KnownCodec[] {
  return section.codecs.flatMap((offered): KnownCodec[] => {
    const known = NAMES.get(offered.rtpmap.toLowerCase());
    if (known?.kind !== section.kind) return [];
    const { name, clockRate } = known;
    if (name !== 'h264') return isMainProfile(name, offered) ? [{ name, clockRate, offered }] : [];
    // Mode 0 has no fragments, mode 2 reorders; every browser takes mode 1.
    const profile = h264Profile(offered.parameters.get('profile-level-id'));
    const isMode1 = offered.parameters.get('packetization-mode') === '1';
    return isMode1 && profile !== undefined ? [{ name, clockRate, offered, profile }] : [];
  });
}

/** Other profiles (more bits, more colour) are decoded by few browsers and not told apart from here on. */
function isMainProfile(name: CodecName, offered: OfferedCodec): boolean {
  if (name === 'vp9') return (offered.parameters.get('profile-id') ?? '0') === '0';
  if (name === 'av1') return (offered.parameters.get('profile') ?? '0') === '0';
  return true;
}

export function echoedParameters({ name, offered }: KnownCodec): string {
  return ECHOED[name]
    .flatMap((key) => {
      const value = offered.parameters.get(key);
      return value !== undefined && /^[0-9a-fA-F]{1,8}$/.test(value) ? [`${key}=${value}`] : [];
    })
    .join(';');
}

/** `allow`: feedback that depends on more than the codec's own lines. */
export function payloadPlan(
  codec: KnownCodec,
  fmtp: string,
  allow: { readonly transportCc: boolean; readonly remb: boolean },
): PayloadPlan {
  const { pt, rtxPt, feedback } = codec.offered;
  return {
    pt,
    codec: { name: codec.name, clockRate: codec.clockRate, fmtp },
    ...(rtxPt === undefined ? {} : { rtxPt }),
    hasNack: feedback.has('nack'),
    hasPli: feedback.has('nack pli'),
    hasTransportCc: allow.transportCc && feedback.has('transport-cc'),
    hasRemb: allow.remb && feedback.has('goog-remb'),
  };
}
