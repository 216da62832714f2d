/** How a picture is to be sent. */
export interface Quality {
  /** Of the short side, so that a phone held upright counts as one held across; a larger picture is made smaller. */
  readonly height: number;
  readonly frameRate: number;
  readonly maxBitrateBps: number;
  /** As `VIDEO_CODECS` names it; without it the one that most can play. */
  readonly codec?: VideoCodec | undefined;
  /** Sent in three sizes (simulcast), so that each viewer gets the one that his link carries. */
  readonly isLayered?: boolean;
}

export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** What a sender is told of one layer: a part of `RTCRtpEncodingParameters`. */
export interface SendLayer {
  readonly rid?: string;
  readonly active: boolean;
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
  readonly scalabilityMode?: string;
}

/** The smallest first, as browsers want them. */
const RIDS = ['q', 'h', 'f'] as const;

/** Of the whole bitrate, for a layer of a half, a quarter of the lines. */
const BITRATE_SHARES = [1, 0.28, 0.08] as const;

/**
 * Chromium sends so many layers of a picture of so many lines and no more, and leaves out the last ones whatever size
 * they have: so the whole picture is always in the last that it sends.
 */
const LINES_FOR_THREE = 720;
const LINES_FOR_TWO = 360;

/** `shortSide`: of the picture that comes, in points; 0 while it is not known. */
export function sendLayers(quality: Quality, shortSide: number): SendLayer[] {
  const scale = Math.max(1, shortSide / quality.height);
  if (!quality.isLayered) return [{ active: true, ...sizeOf(quality, scale, 0) }];
  const lines = shortSide > 0 ? Math.round(shortSide / scale) : quality.height;
  const sent = lines >= LINES_FOR_THREE ? 3 : lines >= LINES_FOR_TWO ? 2 : 1;
  return RIDS.map((rid, at) => ({
    rid,
    active: at < sent,
    ...sizeOf(quality, scale, Math.max(0, sent - 1 - at)),
    // Without it Chromium makes one stream of VP9 and AV1 that holds all sizes, which no viewer can be given a part of.
    ...((quality.codec === 'vp9' || quality.codec === 'av1') && { scalabilityMode: 'L1T1' }),
  }));
}

/** `halvings`: how often the lines are halved. */
function sizeOf({ maxBitrateBps, frameRate }: Quality, scale: number, halvings: number) {
  const maxBitrate = Math.round(maxBitrateBps * (BITRATE_SHARES[halvings] ?? 1));
  return { scaleResolutionDownBy: scale * 2 ** halvings, maxBitrate, maxFramerate: frameRate };
}

const WIDELY_PLAYABLE: readonly string[] = ['video/h264', 'video/vp8'];

/**
 * What is wanted first, the rest as a last resort. H264 plays everywhere and is cheap in hardware; VP8 is what every
 * browser can send.
 */
export function inOrder<Codec extends { readonly mimeType: string }>(
  codecs: readonly Codec[],
  wanted: VideoCodec | undefined,
): Codec[] {
  const order = wanted ? [`video/${wanted}`, ...WIDELY_PLAYABLE] : WIDELY_PLAYABLE;
  const rank = ({ mimeType }: Codec) => {
    const at = order.indexOf(mimeType.toLowerCase());
    return at < 0 ? order.length : at;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
}

/** Of these, what can be chosen. */
export function codecsAmong(codecs: readonly { readonly mimeType: string }[]): VideoCodec[] {
  const names = new Set(codecs.map(({ mimeType }) => mimeType.toLowerCase()));
  return VIDEO_CODECS.filter((name) => names.has(`video/${name}`));
}
