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
const LAYERS = [
  { rid: 'q', part: 4, bitrateShare: 0.08 },
  { rid: 'h', part: 2, bitrateShare: 0.28 },
  { rid: 'f', part: 1, bitrateShare: 1 },
] as const;

/** A layer with fewer lines than this is of use to nobody. */
const LEAST_LINES = 144;

/** `shortSide`: of the picture that comes, in points; 0 while it is not known. */
export function sendLayers(quality: Quality, shortSide: number): SendLayer[] {
  const scale = Math.max(1, shortSide / quality.height);
  const lines = shortSide > 0 ? shortSide / scale : quality.height;
  if (!quality.isLayered) return [{ active: true, ...sizeOf(quality, scale, 1) }];
  return LAYERS.map(({ rid, part, bitrateShare }) => ({
    rid,
    active: part === 1 || lines / part >= LEAST_LINES,
    ...sizeOf(quality, scale * part, bitrateShare),
    // Without it Chromium makes one stream of VP9 and AV1 that holds all sizes, which no viewer can be given a part of.
    ...((quality.codec === 'vp9' || quality.codec === 'av1') && { scalabilityMode: 'L1T1' }),
  }));
}

function sizeOf({ maxBitrateBps, frameRate }: Quality, scale: number, bitrateShare: number) {
  const maxBitrate = Math.round(maxBitrateBps * bitrateShare);
  return { scaleResolutionDownBy: scale, maxBitrate, maxFramerate: frameRate };
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
