/** How the pictures of a stream are coded, as their own headers say: an offer may say something else. */
export interface PictureFormat {
  /** Without the codec's name. */
  readonly profile: string;
  /** H.264 only; 4.1 and the like. */
  readonly level?: number;
}

const H264_PROFILES: ReadonlyMap<number, string> = new Map([
  [66, 'Baseline'],
  [77, 'Main'],
  [88, 'Extended'],
  [100, 'High'],
  [110, 'High 10'],
  [122, 'High 4:2:2'],
  [244, 'High 4:4:4'],
  [44, 'CAVLC 4:4:4'],
]);
const VP9_PROFILES = ['Profile 0', 'Profile 1 (4:4:4)', 'Profile 2 (10 bit)', 'Profile 3 (10 bit, 4:4:4)'];
const AV1_PROFILES = ['Main', 'High (4:4:4)', 'Professional'];

/** From the first bytes of an SPS (H.264 section 7.3.2.1.1). */
export function h264Format(profileIdc: number, levelIdc: number): PictureFormat {
  return { profile: H264_PROFILES.get(profileIdc) ?? `profile ${profileIdc}`, level: levelIdc / 10 };
}

export function vp9Format(profile: number): PictureFormat {
  return { profile: VP9_PROFILES[profile] ?? `Profile ${profile}` };
}

export function av1Format(profile: number): PictureFormat {
  return { profile: AV1_PROFILES[profile] ?? `profile ${profile}` };
}

const DECODED = new Set(['Baseline', 'Main', 'High', 'Profile 0']);
/** The highest that decoders in hardware know; those of 8K are later and rare. */
const HIGHEST_LEVEL = 5.2;

/** Whether every browser that knows the codec can show it. */
export function isDecodedEverywhere({ profile, level = 0 }: PictureFormat): boolean {
  return DECODED.has(profile) && level <= HIGHEST_LEVEL;
}
