import { bitrate } from '../format.ts';
import type { LayerWish, MediaWish, VideoLayer } from '../video-layer.ts';
import { words } from '../words/words.ts';

/** An entry of the quality menu. */
export interface Quality {
  /** The same as long as it is the same layer. */
  readonly key: string;
  readonly label: string;
  readonly wish: LayerWish;
  /** Of what is sent now; 0 where that is nothing, as the publisher may stop a layer for a while. */
  readonly bitrateBps: number;
}

/** The sound alone: nothing else is asked of the server, which saves a phone's battery and data. */
export const SOUND_ONLY: Quality = { key: 'sound', label: words.player.soundOnly, wish: {}, bitrateBps: 0 };

/** `undefined`: the server chooses. */
export function mediaWish(quality: Pick<Quality, 'key' | 'wish'> | undefined): MediaWish {
  return { layer: quality?.wish ?? {}, isSoundOnly: quality?.key === SOUND_ONLY.key };
}

/** What the menu says beside an entry. */
export function qualityNote({ key, label, bitrateBps }: Quality): string {
  if (key === SOUND_ONLY.key) return '';
  if (bitrateBps === 0) return words.player.notSent;
  return label.includes(',') ? '' : bitrate(bitrateBps);
}

/** `720p`: by the shorter side, so that a picture on end is called as it is lying down. */
export function sizeLabel(width: number, height: number): string {
  const shorter = Math.min(width, height);
  return `${shorter}p`;
}

/** What is seen, as the menu calls it: browsers show some shapes a line taller than they are. */
export function seenLabel(width: number, height: number, qualities: readonly Pick<Quality, 'label'>[]): string {
  const known = [0, -1, 1].map((more) => sizeLabel(width + more, height + more));
  return known.find((label) => qualities.some((quality) => quality.label === label)) ?? sizeLabel(width, height);
}

/** It comes, and its first keyframe, which tells its size, does not yet. */
export function isUnseen({ bitrate: bps = 0, width = 0 }: VideoLayer): boolean {
  return bps > 0 && width === 0;
}

/** The best one first. Layers that were never seen have no size, and are left out. */
export function qualitiesOf(layers: readonly VideoLayer[]): Quality[] {
  const pictures = [...Map.groupBy(layers, keyOf)].flatMap(([key, parts]) => {
    const { rid, spatialLayerId, width, height } = parts[0] ?? {};
    if (!width || !height) return [];
    const wish = { ...(rid !== undefined && { rid }), ...(spatialLayerId !== undefined && { spatialLayerId }) };
    // Of the temporal parts of a picture the highest includes the others.
    const bps = Math.max(...parts.map((part) => part.bitrate ?? 0));
    return [{ key, wish, bps, area: width * height, label: sizeLabel(width, height) }];
  });
  pictures.sort((a, b) => b.area - a.area || b.bps - a.bps);
  return pictures.map(({ key, wish, bps, label }) => {
    const hasTwin = pictures.some((other) => other.key !== key && other.label === label);
    return { key, wish, bitrateBps: bps, label: hasTwin && bps > 0 ? `${label}, ${bitrate(bps)}` : label };
  });
}

function keyOf({ rid = '', spatialLayerId = 0 }: VideoLayer): string {
  return `${rid}/${spatialLayerId}`;
}
