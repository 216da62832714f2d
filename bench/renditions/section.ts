import { chart } from '../growth/chart.ts';
import { medianOf, numbers, type Row, tableOf } from '../report.ts';
import { bdRate, ssimDb } from './bd-rate.ts';
import { type Cost, overheadOf } from './cost.ts';
import type { Latency } from './latency.ts';
import { delayMs, type LivePath, type LivePathTurn } from './live-path.ts';
import type { Curve, qualityCurves } from './quality.ts';

const MAX_OVERHEAD = 0.05;
const MAX_DASH_MS = 4_000;

export const RENDITIONS_HEADING = '## What renditions cost';

export const RENDITIONS_INTRODUCTION = `${RENDITIONS_HEADING}

A transcoder's work, as the process does it with a database and its storage, beside an ffmpeg that is given the same arguments (read from the transcoder's own one),
in turns of the same run; CPU is user and system time of all processes of either. What goes beyond it is overhead. Made by \`npm run bench -- renditions\`;
\`--clip FILE\` takes pictures of your own.
`;

export interface Renditions {
  /** What was encoded, in words. */
  readonly pictures: string;
  readonly encoder: string;
  /** The whole ladder first. */
  readonly recorded: readonly Cost[];
  readonly live: Cost;
  readonly quality: Awaited<ReturnType<typeof qualityCurves>>;
  readonly latency: Latency;
  readonly livePath: LivePath;
}

export function renditionsTables(measured: Renditions): string {
  const { quality, recorded, live, pictures, encoder } = measured;
  return [
    tableOf(rowsOf(measured)),
    `### Speed and CPU of each rung\n\n${encoder}; ${pictures}\n\n${costTable([...recorded, live])}`,
    `### Similarity by bitrate, 480 lines\n\n![Charts of similarity by bitrate](images/renditions.svg)\n\n${qualityTable(quality)}`,
  ].join('\n\n');
}

/** Similarity of what recordings and live streams get, each beside the x264 that it replaces. */
export function renditionsChart({ quality }: Renditions): string {
  const panel = (title: string, curves: readonly Curve[]) => ({
    ...{ title, xLabel: 'kbit/s', yLabel: 'SSIM, dB', isWideX: true, isScattered: true, isWideY: false },
    lines: curves.map(({ name, points }) => ({
      name,
      marks: points.map((point) => ({ x: Math.round(point.bitrateBps / 1_000), y: ssimDb(point) })),
    })),
  });
  return chart('Similarity with the source by bitrate', [
    panel('Recordings', [quality.recorded, quality.medium]),
    panel('Live streams', [quality.live, quality.veryfast]),
  ]);
}

function rowsOf({ recorded, live, quality, latency, livePath }: Renditions): readonly Row[] {
  const [ladder] = recorded;
  const { source, layer, layerToldMs, dash } = latency;
  return [
    ...(ladder
      ? [
          overheadRow(`a recording: ${ladder.what}`, ladder, 'cpu'),
          overheadRow('the same by the clock', ladder, 'wall'),
        ]
      : []),
    overheadRow(live.what, live, 'cpu'),
    bdRow('recordings', quality.recorded, quality.medium),
    bdRow('live streams', quality.live, quality.veryfast),
    {
      what: 'behind, live DASH in Chromium',
      budget: `<= ${MAX_DASH_MS} ms`,
      measured: `p50 ${dash.p50}, p95 ${dash.p95}, **max ${dash.max}** ms`,
      isMet: dash.max <= MAX_DASH_MS,
      notes: `a clock drawn in one page, read in another: ${dash.count} pictures`,
    },
    {
      what: 'behind, a layer made by a transcoder, over WebRTC',
      budget: '',
      measured: `**p50 ${layer.p50}**, p95 ${layer.p95} ms; the stream itself p50 ${source.p50}, p95 ${source.p95} ms`,
      notes: `the same clock: ${layer.count} pictures of each; the server tells a layer's own delay as ${layerToldMs} ms`,
    },
    livePathRow(livePath),
  ];
}

function overheadRow(what: string, cost: Cost, of: 'cpu' | 'wall'): Row {
  const share = overheadOf(cost)[of];
  const read = (spent: Cost['ours'][number]) => (of === 'cpu' ? spent.cpuSeconds : spent.wallSeconds);
  const list = (all: Cost['ours']) => all.map((spent) => read(spent).toFixed(2)).join(', ');
  return {
    what: `${what}: ${of === 'cpu' ? 'CPU' : 'time'} beyond plain ffmpeg`,
    budget: `<= ${percent(MAX_OVERHEAD)}`,
    measured: `**${percent(share)}**`,
    isMet: share <= MAX_OVERHEAD,
    notes: `${cost.videoSeconds} s of video; seconds of each turn ${list(cost.ours)}, of plain ffmpeg ${list(cost.plain)}`,
  };
}

function bdRow(what: string, tested: Curve, reference: Curve): Row {
  const share = bdRate(reference.points, tested.points);
  return {
    what: `bitrate for the same similarity, ${what}: ${tested.name} against ${reference.name}`,
    budget: '',
    measured: share === undefined ? 'no quality in common' : `**${percent(share)}**`,
    notes: "Bjøntegaard's delta of bitrate over SSIM in decibels; below 0 is less",
  };
}

function livePathRow({ viewers, alone, beside }: LivePath): Row {
  const both = (turns: readonly LivePathTurn[]) =>
    `p50 ${delayMs(turns, 'p50').toFixed(2)}, **p99 ${delayMs(turns, 'p99').toFixed(2)}** ms`;
  const p99s = (turns: readonly LivePathTurn[]) => turns.map((turn) => delayMs([turn], 'p99').toFixed(2)).join(', ');
  const lost = beside.reduce((sum, turn) => sum + turn.lost, 0);
  const below = medianOf(beside.map((turn) => turn.below)) - medianOf(alone.map((turn) => turn.below));
  return {
    what: `added by the server to a packet, ${viewers} viewers, beside the live ladder of another stream`,
    budget: '',
    measured: `${both(beside)}; without a ladder ${both(alone)}`,
    notes: `${lost} packets lost; the ladder takes ${percent(below)} of a core; p99 of each turn ${p99s(beside)}, without ${p99s(alone)} ms`,
  };
}

function costTable(costs: readonly Cost[]): string {
  const rows = costs.map((cost) => {
    const { what, videoSeconds, ours, plain } = cost;
    const perSecond = (all: Cost['ours']) =>
      numbers(
        all.map(({ cpuSeconds }) => (cpuSeconds * 1_000) / videoSeconds),
        0,
      );
    const speed = (all: Cost['ours']) =>
      (videoSeconds / medianOf(all.map(({ wallSeconds }) => wallSeconds))).toFixed(2);
    const { cpu, wall } = overheadOf(cost);
    const cells = [what, speed(ours), speed(plain), perSecond(ours), perSecond(plain), percent(cpu), percent(wall)];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| | times real time | plain ffmpeg | ms CPU a second of video | plain ffmpeg | CPU beyond it | time beyond it |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function qualityTable(quality: Renditions['quality']): string {
  const cell = ({ bitrateBps, ssim }: Curve['points'][number]) =>
    `${(bitrateBps / 1_000).toFixed(0)}: ${ssim.toFixed(3)}`;
  const rows = Object.values(quality).map(({ name, points }) => `| ${name} | ${points.map(cell).join(' | ')} |`);
  const columns = quality.recorded.points.length;
  return [`| kbit/s: SSIM |${' |'.repeat(columns)}`, `|---|${'---|'.repeat(columns)}`, ...rows].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
