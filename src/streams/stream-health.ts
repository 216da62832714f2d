import type { MediaKind } from '../media/plan.ts';
import type { LayerStats, TrackStats } from '../media/stats.ts';

const KEPT_MS = 120_000;
/** Long enough that one burst of loss is not yet a bad line. */
const WINDOW_MS = 10_000;
const SILENT_MS = 5_000;
const LOSSES_KEPT_MS = 5 * 60_000;
/** Of few packets a few are often lost by chance. */
const MIN_PACKETS = 100;
/** Two gaps between keyframes this much alike are the encoder's own rhythm; others were asked for. */
const RHYTHM = 0.25;
const MIN_COLLAPSE_BPS = 300_000;
const COLLAPSED_TO = 0.4;

interface Sample {
  readonly atMs: number;
  readonly tracks: readonly TrackStats[];
}

/** How well a publisher's media comes in: measured each second, seen over a while. Sans-IO. */
export class StreamHealth {
  #samples: Sample[] = [];
  #lostMs: number[] = [];
  #keyframes = 0;
  #intervalMs = 0;
  /** The encoder's own gap between keyframes, once it was seen twice. */
  #rhythmMs: number | undefined;

  /** Another publisher: nothing of what was measured before holds. */
  restarted(): void {
    this.#samples = [];
    this.#keyframes = 0;
    this.#intervalMs = 0;
    this.#rhythmMs = undefined;
  }

  /** The publisher went without a word. */
  publisherLost(nowMs: number): void {
    this.#lostMs.push(nowMs);
  }

  measured(tracks: readonly TrackStats[], nowMs: number): void {
    this.#samples.push({ atMs: nowMs, tracks });
    const firstKept = this.#samples.findIndex(({ atMs }) => nowMs - atMs <= KEPT_MS);
    this.#samples.splice(0, firstKept);
    this.#noteRhythm(tracks.find(({ kind }) => kind === 'video')?.layers[0]);
  }

  get tracks(): readonly TrackStats[] {
    return this.#samples.at(-1)?.tracks ?? [];
  }

  /** How often the publisher was lost within the last minutes. */
  timesLost(nowMs: number): number {
    this.#lostMs = this.#lostMs.filter((lostMs) => nowMs - lostMs <= LOSSES_KEPT_MS);
    return this.#lostMs.length;
  }

  get keyframeRhythmMs(): number | undefined {
    return this.#rhythmMs;
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

  /** Whether nothing of this kind came for a while, though it was agreed on and something else came. */
  isSilent(kind: MediaKind): boolean {
    const before = this.#before(SILENT_MS);
    if (!before) return false;
    const grown = (of: MediaKind) => packetsOf(this.#samples.at(-1), of) - packetsOf(before, of);
    const other = kind === 'audio' ? 'video' : 'audio';
    return this.tracks.some((track) => track.kind === kind) && grown(kind) === 0 && grown(other) > 0;
  }

  /** Whether the picture has far less data than it had, and signs of a bad line with it: a quiet picture is no fault. */
  get hasCollapsed(): boolean {
    const newest = this.#samples.at(-1);
    if (!newest) return false;
    const [recent, earlier] = partition(this.#samples, ({ atMs }) => newest.atMs - atMs < WINDOW_MS);
    if (earlier.length < WINDOW_MS / 1000) return false;
    const usualBps = median(earlier.map(videoBps));
    if (usualBps < MIN_COLLAPSE_BPS || median(recent.map(videoBps)) > usualBps * COLLAPSED_TO) return false;
    const hasShrunk = tallest(newest) < Math.max(...earlier.map(tallest));
    return hasShrunk || (this.lossShare('video') ?? 0) > 0.005;
  }

  #noteRhythm(layer: LayerStats | undefined): void {
    if (layer?.keyframeIntervalMs === undefined || layer.keyframes === this.#keyframes) return;
    const before = this.#intervalMs;
    this.#keyframes = layer.keyframes;
    this.#intervalMs = layer.keyframeIntervalMs;
    const isAlike = Math.abs(this.#intervalMs - before) <= before * RHYTHM;
    this.#rhythmMs = isAlike ? this.#intervalMs : undefined;
  }

  /** The newest sample that is so old; `undefined` before there is one. */
  #before(ms: number): Sample | undefined {
    const newestMs = this.#samples.at(-1)?.atMs ?? 0;
    return this.#samples.findLast(({ atMs }) => newestMs - atMs >= ms);
  }
}

function layersOf(sample: Sample | undefined, kind: MediaKind, rid: string | undefined): readonly LayerStats[] {
  const layers = sample?.tracks.filter((track) => track.kind === kind).flatMap((track) => track.layers) ?? [];
  return rid === undefined ? layers : layers.filter((layer) => layer.rid === rid);
}

function total(layers: readonly LayerStats[], count: (layer: LayerStats) => number): number {
  return layers.reduce((sum, layer) => sum + count(layer), 0);
}

function packetsOf(sample: Sample | undefined, kind: MediaKind): number {
  return total(layersOf(sample, kind, undefined), ({ packets }) => packets);
}

function videoBps(sample: Sample): number {
  return total(layersOf(sample, 'video', undefined), ({ bitrateBps }) => bitrateBps);
}

function tallest(sample: Sample): number {
  return Math.max(0, ...layersOf(sample, 'video', undefined).map(({ height = 0 }) => height));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
