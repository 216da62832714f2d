import type { Recording, RecordingPart } from '../recordings.ts';

/** One of each, of a common profile: what a browser does not decode at all is what matters here. */
const CODECS: Readonly<Record<string, string>> = {
  h264: 'avc1.640028',
  vp8: 'vp8',
  vp9: 'vp09.00.40.08',
  av1: 'av01.0.08M.08',
};

/** The parts that have something to play. */
export function wholeParts({ parts }: Pick<Recording, 'parts'>): readonly RecordingPart[] {
  return parts.filter(({ durationMs }) => durationMs > 0);
}

/** A `<video>`, as far as it tells what it plays. */
export interface Decoder {
  canPlayType(type: string): string;
}

/** What this browser would have to decode, and does not; `undefined` where it plays all of them. */
export function foreignCodec(parts: readonly RecordingPart[], decoder: Decoder): string | undefined {
  const foreign = parts.find((part) => decoder.canPlayType(typeOf(part)) === '');
  return foreign && (foreign.videoCodec ?? 'opus');
}

function typeOf({ type, videoCodec, hasAudio }: RecordingPart): string {
  const codecs = [videoCodec === null ? undefined : (CODECS[videoCodec] ?? videoCodec), hasAudio ? 'opus' : undefined];
  return `${type}; codecs="${codecs.filter(Boolean).join(', ')}"`;
}
