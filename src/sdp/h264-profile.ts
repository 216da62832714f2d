/** Profiles that some browser decodes, each one able to decode those before it (as encoders use them). */
const PROFILES = ['constrained-baseline', 'baseline', 'main', 'high', 'high-444'] as const;

export type H264Profile = (typeof PROFILES)[number];

/** From `profile-level-id` (RFC 6184 section 8.1): profile_idc, constraint flags, level_idc. */
export function h264Profile(profileLevelId = '420010'): H264Profile | undefined {
  if (!/^[0-9a-fA-F]{6}$/.test(profileLevelId)) return undefined;
  const profileIdc = profileLevelId.slice(0, 2).toLowerCase();
  const constraints = Number.parseInt(profileLevelId.slice(2, 4), 16);
  switch (profileIdc) {
    case '42':
      return constraints & 0x40 ? 'constrained-baseline' : 'baseline';
    case '4d':
      return constraints & 0x80 ? 'constrained-baseline' : 'main';
    case '64':
      return 'high';
    case 'f4':
      return 'high-444';
    default:
      return undefined;
  }
}

/** How far a decoder of `offered` is from a stream of `published`: 0 the same, then the nearest one above, then the nearest below. */
export function profileDistance(offered: H264Profile, published: H264Profile): number {
  const distance = PROFILES.indexOf(offered) - PROFILES.indexOf(published);
  return distance >= 0 ? distance : PROFILES.length - distance;
}
