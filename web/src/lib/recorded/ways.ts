import type { Recording } from '../recordings.ts';
import type { FeedListener, RecordedFeed } from './feed.ts';
import { ManifestFeed } from './manifest-feed.ts';
import { PartsFeed } from './parts-feed.ts';
import { wholeParts } from './playable.ts';

/** One way of playing a recording, from this second on. */
export type Way = (video: HTMLVideoElement, atS: number, listener: FeedListener) => RecordedFeed;

/** The best one first. */
export function waysOf(recording: Recording, { canPlayParts }: { canPlayParts: boolean }): readonly Way[] {
  const { manifestUrl } = recording.renditions;
  const parts = wholeParts(recording);
  const ways: Way[] = [];
  if (manifestUrl !== null) ways.push((at, atS, listener) => new ManifestFeed(at, manifestUrl, atS, listener));
  if (parts.length > 0 && canPlayParts) {
    ways.push((at, atS, listener) => new PartsFeed(at, parts, atS, listener));
  }
  return ways;
}
