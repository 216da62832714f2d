import { type LiveIndex, type Period, type Representation, SEGMENT_MS } from './live-index.ts';
import { element } from './xml.ts';

/**
 * From the end of a second until its segment can be fetched: the encoder's delay and the writing, with some to spare.
 * Players are told as if all had begun so much later. (Encoders that give the time at which they write their first
 * manifest make every player wait for seconds.)
 */
export const MAKING_MS = 500;
/** How far players stay behind the newest segment. */
const DELAY_MS = 1_500;
const UPDATE_MS = 2_000;
const LATENCY_MS = DELAY_MS + SEGMENT_MS;

/**
 * In small steps, so that nobody hears it, a player that fell behind comes back. None is slowed down: Shaka counts the
 * latency from the end of what can be gone to, and would slow everybody down until he is five seconds behind.
 */
const CATCH_UP = { max: 1.05, min: 1 } as const;

export interface LiveManifestOptions {
  readonly windowSeconds: number;
  /** When what it tells was new. */
  readonly nowMs: number;
  /** Where its files are, seen from it; with a slash at the end. */
  readonly folder: string;
}

/** A media presentation description (ISO/IEC 23009-1) of segments with numbers, each fetched when it is due. */
export function liveManifest(
  { startedAtMs, periods, hasEnded }: LiveIndex,
  { windowSeconds, nowMs, folder }: LiveManifestOptions,
): string {
  const last = periods.at(-1);
  const attributes = {
    xmlns: 'urn:mpeg:dash:schema:mpd:2011',
    profiles: 'urn:mpeg:dash:profile:isoff-live:2011',
    type: 'dynamic',
    availabilityStartTime: new Date(startedAtMs + MAKING_MS).toISOString(),
    publishTime: new Date(nowMs).toISOString(),
    ...(hasEnded && last ? { mediaPresentationDuration: duration(last.end * SEGMENT_MS) } : {}),
    minimumUpdatePeriod: hasEnded ? undefined : duration(UPDATE_MS),
    minBufferTime: duration(SEGMENT_MS),
    timeShiftBufferDepth: duration(windowSeconds * 1_000),
    suggestedPresentationDelay: duration(DELAY_MS),
    maxSegmentDuration: duration(SEGMENT_MS),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    element('MPD', attributes, [
      element('BaseURL', {}, [folder]),
      element('ServiceDescription', { id: 0 }, [
        element('Latency', { target: LATENCY_MS, min: LATENCY_MS - 500, max: LATENCY_MS + 2_000 }),
        element('PlaybackRate', CATCH_UP),
      ]),
      ...periods.map((period) => periodElement(period, period === last && !hasEnded)),
      // Ours, not a third party's: it need not be right, only the same for all.
      element('UTCTiming', { schemeIdUri: 'urn:mpeg:dash:utc:http-iso:2014', value: '/time' }),
    ]),
  ].join('');
}

function periodElement(period: Period, isOpen: boolean): string {
  const { first, end, representations } = period;
  const attributes = {
    id: `from-${first}`,
    start: duration(first * SEGMENT_MS),
    duration: isOpen ? undefined : duration((end - first) * SEGMENT_MS),
  };
  const sets = (['video', 'audio'] as const).flatMap((kind, id) => {
    const ofKind = representations.filter((one) => one.kind === kind);
    return ofKind.length > 0 ? [adaptationSet(id, ofKind, first)] : [];
  });
  return element('Period', attributes, sets);
}

function adaptationSet(id: number, representations: readonly Representation[], first: number): string {
  const kind = representations[0]?.kind ?? 'video';
  const attributes = {
    id,
    contentType: kind,
    mimeType: `${kind}/webm`,
    segmentAlignment: true,
    startWithSAP: 1,
  };
  return element(
    'AdaptationSet',
    attributes,
    representations.map((one) => representationElement(one, first)),
  );
}

function representationElement({ id, kind, init, bitrateBps, ...rest }: Representation, first: number): string {
  const { codecs, width, height, frameRate } = rest;
  const isAudio = kind === 'audio';
  const audioSamplingRate = isAudio ? 48_000 : undefined;
  const attributes = { id, bandwidth: bitrateBps, codecs, width, height, frameRate, audioSamplingRate };
  return element('Representation', attributes, [
    ...(isAudio ? [element('AudioChannelConfiguration', { schemeIdUri: CHANNELS, value: 2 })] : []),
    element('SegmentTemplate', {
      timescale: 1_000,
      duration: SEGMENT_MS,
      startNumber: first,
      // Frames are written with the time of the presentation, not of the period.
      presentationTimeOffset: first * SEGMENT_MS,
      initialization: `${id}/${init}`,
      media: `${id}/$Number$.webm`,
    }),
  ]);
}

const CHANNELS = 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011';

function duration(ms: number): string {
  return `PT${ms / 1_000}S`;
}
