import { type Quality, VIDEO_CODECS, type VideoCodec } from '#lib/send-layers.ts';
import { DEFAULT_INSET, type Inset, insetFrom } from './scene-layout.ts';

/** What the picture shows. `both` is the screen with the camera within it. */
export const SCENES = ['camera', 'screen', 'both', 'image'] as const;
export type Scene = (typeof SCENES)[number];

/** Lines; `source` sends the picture as it comes. */
export const RESOLUTIONS = ['source', 1080, 720, 480] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const FRAME_RATES = [60, 30, 15] as const;
export type FrameRate = (typeof FRAME_RATES)[number];

export const BITRATES_BPS = [800_000, 1_500_000, 2_500_000, 4_000_000, 6_000_000, 9_000_000, 14_000_000] as const;

/** In place of a device's id. */
export const NO_DEVICE = 'none';

export interface StudioSettings {
  /** A device's id; empty for whichever the browser takes, `none` for none. */
  readonly cameraId: string;
  readonly microphoneId: string;
  /** 1 is as it comes. */
  readonly microphoneGain: number;
  readonly screenGain: number;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
  readonly resolution: Resolution;
  readonly frameRate: FrameRate;
  readonly bitrateBps: number | 'auto';
  readonly codec: VideoCodec | 'auto';
  readonly isLayered: boolean;
  readonly inset: Inset;
}

export const DEFAULT_SETTINGS: StudioSettings = {
  cameraId: '',
  microphoneId: '',
  microphoneGain: 1,
  screenGain: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  resolution: 720,
  frameRate: 30,
  bitrateBps: 'auto',
  codec: 'auto',
  isLayered: true,
  inset: DEFAULT_INSET,
};

export const MOST_GAIN = 2;

/** Of what a browser remembered; what makes no sense in it is as at first. */
export function settingsFrom(text: string | null): StudioSettings {
  const kept = parsed(text);
  const first = DEFAULT_SETTINGS;
  const string = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  const flag = (value: unknown, otherwise: boolean) => (typeof value === 'boolean' ? value : otherwise);
  const gain = (value: unknown) => (typeof value === 'number' && value >= 0 && value <= MOST_GAIN ? value : 1);
  const oneOf = <T>(value: unknown, choices: readonly T[], otherwise: T) =>
    choices.find((choice) => choice === value) ?? otherwise;
  return {
    cameraId: string(kept['cameraId'], first.cameraId),
    microphoneId: string(kept['microphoneId'], first.microphoneId),
    microphoneGain: gain(kept['microphoneGain']),
    screenGain: gain(kept['screenGain']),
    echoCancellation: flag(kept['echoCancellation'], first.echoCancellation),
    noiseSuppression: flag(kept['noiseSuppression'], first.noiseSuppression),
    autoGainControl: flag(kept['autoGainControl'], first.autoGainControl),
    resolution: oneOf(kept['resolution'], RESOLUTIONS, first.resolution),
    frameRate: oneOf(kept['frameRate'], FRAME_RATES, first.frameRate),
    bitrateBps: oneOf(kept['bitrateBps'], ['auto' as const, ...BITRATES_BPS], first.bitrateBps),
    codec: oneOf(kept['codec'], ['auto' as const, ...VIDEO_CODECS], first.codec),
    isLayered: flag(kept['isLayered'], first.isLayered),
    inset: insetFrom(kept['inset']) ?? first.inset,
  };
}

function parsed(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

/** What is good to look at in H264 at 30 pictures a second: more lines need more, though less than their share. */
const AUTO_BPS = [
  { upToLines: 360, bps: 800_000 },
  { upToLines: 480, bps: 1_200_000 },
  { upToLines: 720, bps: 2_500_000 },
  { upToLines: 1080, bps: 4_500_000 },
  { upToLines: 1440, bps: 8_000_000 },
  { upToLines: Number.POSITIVE_INFINITY, bps: 14_000_000 },
] as const;
const OF_RATE = { 60: 1.4, 30: 1, 15: 0.7 } as const satisfies Record<FrameRate, number>;
const OF_CODEC = { auto: 1, h264: 1, vp8: 1, vp9: 0.75, av1: 0.65 } as const satisfies Record<
  StudioSettings['codec'],
  number
>;

/** `lines`: of the picture that comes, which counts where it is sent as it comes. */
export function autoBitrateBps({ resolution, frameRate, codec }: StudioSettings, lines: number): number {
  const sent = resolution === 'source' ? lines || 1080 : resolution;
  const { bps } = AUTO_BPS.find(({ upToLines }) => sent <= upToLines) ?? AUTO_BPS[2];
  return Math.round((bps * OF_RATE[frameRate] * OF_CODEC[codec]) / 100_000) * 100_000;
}

export function qualityOf(settings: StudioSettings, lines: number): Quality {
  const { resolution, frameRate, bitrateBps, codec, isLayered } = settings;
  return {
    height: resolution === 'source' ? Number.POSITIVE_INFINITY : resolution,
    frameRate,
    maxBitrateBps: bitrateBps === 'auto' ? autoBitrateBps(settings, lines) : bitrateBps,
    codec: codec === 'auto' ? undefined : codec,
    isLayered,
  };
}
