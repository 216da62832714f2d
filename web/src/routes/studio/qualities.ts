import type { Quality } from '#lib/whip.ts';

export const QUALITIES = {
  '540p30': { height: 540, frameRate: 30, maxBitrateBps: 1_500_000 },
  '720p30': { height: 720, frameRate: 30, maxBitrateBps: 2_500_000 },
  '1080p30': { height: 1080, frameRate: 30, maxBitrateBps: 4_500_000 },
  '1080p60': { height: 1080, frameRate: 60, maxBitrateBps: 6_500_000 },
} as const satisfies Record<string, Quality>;

export type QualityName = keyof typeof QUALITIES;

export const QUALITY_NAMES = Object.keys(QUALITIES) as QualityName[];
