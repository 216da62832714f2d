import type { MediaKind } from '../media/plan.ts';
import type { LayerStats, TrackStats } from '../media/stats.ts';
import { KeyframeHistory } from './keyframe-history.ts';

const KEPT_MS = 120_000;
/** Long enough that one burst of loss is not yet a bad line. */
const WINDOW_MS = 10_000;
const ABSENT_MS = 5_000;
const LOSSES_KEPT_MS = 5 * 60_000;
/** Of few packets a few are often lost by chance. */
const MIN_PACKETS = 100;
/** Of sound that is sent without pauses half of these come within the window; what is sent in bits is speech. */
const MIN_SOUND_PACKETS = 250;
const SILENT_SHARE = 0.98;
/** A second of sound; what is less may be the click of a start. */
const HEARD_PACKETS = 50;
const GATED_MS = 60_000;
/** Any sender's first report comes before (RFC 3550 section 6.2: 5 s, and half as much by chance). */
const REPORTS_WITHIN_MS = 11_000;
const MIN_COLLAPSE_BPS = 300_000;
const COLLAPSED_TO = 0.4;
const FALLEN_TO = 0.7;
const STEADY_FROM = 0.8;
const MIN_FRAME_RATE = 15;
/** What is seen in them is usual; the first seconds of a connection are not. */
const MIN_USUAL_SAMPLES = 10;
const MIN_RECENT_SAMPLES = 8;

interface Sample {
  readonly atMs: number;
  readonly tracks: readonly TrackStats[];
}

/** How well a publisher's media comes in: measured each second, seen over a while. Sans-IO. */
export class StreamHealth {
  #samples: Sample[] = [];
  #lostMs: number[] = [];
  #keyframes = new KeyframeHistory();

  /** Another publisher: nothing of what was measured before holds. */
  restarted(): void {
    this.#samples = [];
    this.#keyframes = new KeyframeHistory();
  }

  /** The publisher went without a word. */
  publisherLost(nowMs: number): void {
    this.#lostMs.push(nowMs);
  }

  measured(tracks: readonly TrackStats[], nowMs: number): void {
    this.#samples.push({ atMs: nowMs, tracks });
    const firstKept = this.#samples.findIndex(({ atMs }) => nowMs - atMs <= KEPT_MS);
    this.#samples.splice(0, firstKept);
    const [layer] = this.videoLayers;
    if (layer) this.#keyframes.measured(layer, nowMs);
  }

  get tracks(): readonly TrackStats[] {
    return this.#samples.at(-1)?.tracks ?? [];
  }

  /** How often the publisher was lost within the last minutes. */
  timesLost(nowMs: number): number {
    this.#lostMs = this.#lostMs.filter((lostMs) => nowMs - lostMs <= LOSSES_KEPT_MS);
    return this.#lostMs.length;
  }

  get videoLayers(): readonly LayerStats[] {
    return layersOf(this.#samples.at(-1), 'video');
  }

  get keyframes(): KeyframeHistory {
    return this.#keyframes;
  }

  /** Of the packets of the last seconds, those lost on the way here, came they in the end or not: 0 to 1. */
  lossShare(kind: MediaKind, rid?: string): number | undefined {
    const now = layersOf(this.#samples.at(-1), kind, rid);
    const before = layersOf(this.#before(WINDOW_MS), kind, rid);
    const grown = (count: (layer: LayerStats) => number) => total(now, count) - total(before, count);
    const expected = grown(({ packets }) => packets) + grown(({ lost }) => lost);
    if (expected < MIN_PACKETS) return undefined;
    const missed = grown(({ lost }) => lost) + grown(({ recovered }) => recovered);
    return Math.min(1, Math.max(0, missed / expected));
  }

  /** What the sender says it sent of its picture, and what came of it, over the last seconds. */
  get delivery(): { readonly sentBps: number; readonly arrivedBps: number } | undefined {
    const before = this.#before(WINDOW_MS);
    if (!before) return undefined;
    const bps = (count: (layer: LayerStats) => number) =>
      ((total(this.videoLayers, count) - total(layersOf(before, 'video'), count)) * 8000) / this.#spanFrom(before);
    const sentBps = bps(({ sentBytes }) => sentBytes);
    return sentBps > 0 ? { sentBps, arrivedBps: bps(({ arrivedBytes }) => arrivedBytes) } : undefined;
  }

  /** Of the pictures of the last seconds, those that the encoder left out: 0 to 1. */
  get skippedShare(): number | undefined {
    const before = this.#before(WINDOW_MS);
    if (!before) return undefined;
    const grown = (count: (layer: LayerStats) => number) =>
      total(this.videoLayers, count) - total(layersOf(before, 'video'), count);
    const skipped = grown(({ skippedFrames }) => skippedFrames);
    const frames = grown(({ frames }) => frames) + skipped;
    return frames < MIN_PACKETS ? undefined : skipped / frames;
  }

  /** Pictures a second, where they are far fewer than they were though there is as much data in them. */
  get frameRateFall(): { readonly from: number; readonly to: number } | undefined {
    const [recent, earlier] = this.#recentAndEarlier();
    if (earlier.length < MIN_USUAL_SAMPLES || recent.length < MIN_RECENT_SAMPLES) return undefined;
    const [from, to] = [median(earlier.map(frameRate)), median(recent.map(frameRate))];
    const isSteady = median(recent.map(videoBps)) >= median(earlier.map(videoBps)) * STEADY_FROM;
    return isSteady && from >= MIN_FRAME_RATE && to > 0 && to < from * FALLEN_TO ? { from, to } : undefined;
  }

  /**
   * Whether the sound that comes is digital silence; a quiet room is none, and neither is sound sent with pauses. Where
   * something was heard before it takes a minute: a noise gate makes such silence between two sentences.
   */
  get hasSilentSound(): boolean {
    const now = layersOf(this.#samples.at(-1), 'audio');
    const heard = total(now, ({ packets, silentPackets }) => packets - silentPackets);
    const windowMs = heard < HEARD_PACKETS ? WINDOW_MS : GATED_MS;
    const before = layersOf(this.#before(windowMs), 'audio');
    if (before.length === 0) return false;
    const packets = total(now, (layer) => layer.packets) - total(before, (layer) => layer.packets);
    const silent = total(now, (layer) => layer.silentPackets) - total(before, (layer) => layer.silentPackets);
    return packets >= (MIN_SOUND_PACKETS * windowMs) / WINDOW_MS && silent >= packets * SILENT_SHARE;
  }

  /** Whether some layer has come for long enough and its sender has never reported on it. */
  get lacksReports(): boolean {
    const before = this.#before(REPORTS_WITHIN_MS);
    return this.tracks.some((track) =>
      track.layers.some(
        ({ rid, packets, senderReports }) =>
          senderReports === 0 && total(layersOf(before, track.kind, rid), (layer) => layer.packets) > 0 && packets > 0,
      ),
    );
  }

  /** How much faster the clock of the sound runs than that of the picture. */
  get driftPpm(): number | undefined {
    const [audio, video] = [layersOf(this.#samples.at(-1), 'audio')[0]?.clockPpm, this.videoLayers[0]?.clockPpm];
    return audio === undefined || video === undefined ? undefined : audio - video;
  }

  /** Whether nothing of this kind came for a while, though it was agreed on and something else came. */
  isAbsent(kind: MediaKind): boolean {
    const before = this.#before(ABSENT_MS);
    if (!before) return false;
    const grown = (of: MediaKind) => packetsOf(this.#samples.at(-1), of) - packetsOf(before, of);
    const other = kind === 'audio' ? 'video' : 'audio';
    return this.tracks.some((track) => track.kind === kind) && grown(kind) === 0 && grown(other) > 0;
  }

  /** Whether the picture has far less data than it had, and signs of a bad line with it: a quiet picture is no fault. */
  get hasCollapsed(): boolean {
    const newest = this.#samples.at(-1);
    const [recent, earlier] = this.#recentAndEarlier();
    if (!newest || earlier.length < MIN_USUAL_SAMPLES) return false;
    const usualBps = median(earlier.map(videoBps));
    if (usualBps < MIN_COLLAPSE_BPS || median(recent.map(videoBps)) > usualBps * COLLAPSED_TO) return false;
    const hasShrunk = tallest(newest) < Math.max(...earlier.map(tallest));
    return hasShrunk || (this.lossShare('video') ?? 0) > 0.005;
  }

  #recentAndEarlier(): [Sample[], Sample[]] {
    const newestMs = this.#samples.at(-1)?.atMs ?? 0;
    return partition(this.#samples, ({ atMs }) => newestMs - atMs < WINDOW_MS);
  }

  #spanFrom({ atMs }: Sample): number {
    return (this.#samples.at(-1)?.atMs ?? atMs) - atMs;
  }

  /** The newest sample that is so old; `undefined` before there is one. */
  #before(ms: number): Sample | undefined {
    const newestMs = this.#samples.at(-1)?.atMs ?? 0;
    return this.#samples.findLast(({ atMs }) => newestMs - atMs >= ms);
  }
}

function layersOf(sample: Sample | undefined, kind: MediaKind, rid?: string): readonly LayerStats[] {
  const layers = sample?.tracks.filter((track) => track.kind === kind).flatMap((track) => track.layers) ?? [];
  return rid === undefined ? layers : layers.filter((layer) => layer.rid === rid);
}

function total(layers: readonly LayerStats[], count: (layer: LayerStats) => number): number {
  return layers.reduce((sum, layer) => sum + count(layer), 0);
}

function packetsOf(sample: Sample | undefined, kind: MediaKind): number {
  return total(layersOf(sample, kind), ({ packets }) => packets);
}

function videoBps(sample: Sample): number {
  return total(layersOf(sample, 'video'), ({ bitrateBps }) => bitrateBps);
}

function frameRate(sample: Sample): number {
  return Math.max(0, ...layersOf(sample, 'video').map(({ framesPerSecond }) => framesPerSecond));
}

function tallest(sample: Sample): number {
  return Math.max(0, ...layersOf(sample, 'video').map(({ height = 0 }) => height));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
