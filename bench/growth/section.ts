import { medianOf, numbers } from '../report.ts';
import { chart, type Mark, type Panel } from './chart.ts';
import type { Growth, Point } from './growth.ts';

/** Below this some viewers were sent less than the best layer. */
const WHOLE = 0.97;

export function growthChart(growths: readonly Growth[]): string {
  return chart('CPU time and memory of the server by load', growths.flatMap(panelsOf));
}

/** All that was measured, as Markdown tables. */
export function growthTables(growths: readonly Growth[]): string {
  return growths.map(tableOf).join('\n\n');
}

function panelsOf({ what, title, isWide, lines }: Growth): readonly Panel[] {
  const drawn = (read: (point: Point) => Omit<Mark, 'x'>) =>
    lines.map(({ name, points }) => ({
      name,
      marks: points.map((point) => ({ x: point.size, ...read(point) })),
    }));
  const common = { xLabel: what, isWideX: isWide };
  return [
    {
      ...common,
      title: `${title}: CPU`,
      yLabel: 'µs of the server a packet and viewer',
      isWideY: isWide,
      lines: drawn(({ cpuUs }) => ({ y: medianOf(cpuUs), low: Math.min(...cpuUs), high: Math.max(...cpuUs) })),
    },
    {
      ...common,
      title: `${title}: memory`,
      yLabel: 'MB resident',
      isWideY: false,
      lines: drawn(({ residentBytes }) => ({ y: residentBytes / 2 ** 20 })),
    },
  ];
}

function tableOf({ what, title, lines, setting }: Growth): string {
  const rows = lines.flatMap(({ name, points }) => points.map((point) => rowOf(name, point)));
  const heads = [
    what,
    'packets a second',
    'us CPU a packet and viewer',
    'of it in the kernel',
    'server, of a core',
    'its busiest thread',
    'MB RSS',
    'added, p50 / p99 ms',
    "viewers' process, us",
    'lost',
  ];
  return [
    `### ${title}`,
    '',
    setting,
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map(() => '---').join('|')}|`,
    ...rows,
    ...costOfChoice(lines),
  ].join('\n');
}

function rowOf(name: string, point: Point): string {
  const { size, cpuUs, delayMs, delivered, lost } = point;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const cells = [
    name === '' ? size : `${size}, ${name}`,
    point.packetsPerSecond.toFixed(0),
    numbers(cpuUs),
    percent(point.kernelShare),
    percent(point.serverShare),
    percent(point.busiestShare),
    (point.residentBytes / 2 ** 20).toFixed(0),
    `${delayMs.p50.toFixed(1)} / ${delayMs.p99.toFixed(1)}`,
    point.loadUs.toFixed(2),
    delivered < WHOLE ? `${lost}, but ${percent(1 - delivered)} less was sent than the best layer has` : lost,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What the second line costs beyond the first, in words. */
function costOfChoice(lines: Growth['lines']): readonly string[] {
  const [plain, choosing] = lines;
  if (!plain || !choosing) return [];
  const added = choosing.points.flatMap((point) => {
    const without = plain.points.find(({ size }) => size === point.size);
    return without ? [medianOf(point.cpuUs) - medianOf(without.cpuUs)] : [];
  });
  return ['', `*${choosing.name}* costs ${numbers(added)} us a packet and viewer more than *${plain.name}*.`];
}
