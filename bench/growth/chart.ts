import { type Axis, linearAxis, logAxis, stepsAxis } from './axis.ts';

export interface Mark {
  readonly x: number;
  readonly y: number;
  /** Between what repeated measurements lay. */
  readonly low?: number;
  readonly high?: number;
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isWideX: boolean;
  /** No two lines have marks at the same places: round numbers stand below in place of the marks' own. */
  readonly isScattered?: boolean;
  /** By powers upwards; else from 0. */
  readonly isWideY: boolean;
  readonly lines: readonly { readonly name: string; readonly marks: readonly Mark[] }[];
}

const COLUMNS = 2;
const WIDTH = 440;
const HEIGHT = 272;
/** Around what is drawn, in a panel. */
const LEFT = 52;
const RIGHT = 28;
const TOP = 60;
const BOTTOM = 50;
const INNER_WIDTH = WIDTH - LEFT - RIGHT;
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM;
// The innermost marks keep off the axis.
const INSET = 14;

const STYLE = `
  svg { --surface: #fcfcfb; --ink: #1f2328; --quiet: #59636e; --grid: #e4e6e9; --axis: #9aa2ab; --line-0: #1f6feb; --line-1: #b35900; }
  @media (prefers-color-scheme: dark) {
    svg { --surface: #15181d; --ink: #e8eaed; --quiet: #a3abb5; --grid: #2b3038; --axis: #69717c; --line-0: #58a6ff; --line-1: #f0883e; }
  }
  text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: var(--quiet); }
  .surface { fill: var(--surface); }
  .title { font-size: 14px; font-weight: 600; fill: var(--ink); }
  .value { font-size: 11px; fill: var(--ink); }
  .grid { stroke: var(--grid); }
  .axis { stroke: var(--axis); }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .spread { stroke-width: 1.5; opacity: 0.6; }
  .line-0 { stroke: var(--line-0); }
  .line-1 { stroke: var(--line-1); }
  .mark { stroke: var(--surface); stroke-width: 1.5; }
  .mark-0 { fill: var(--line-0); }
  .mark-1 { fill: var(--line-1); }
`;

/** A picture of all panels, two in a row, light or dark as its reader has it. `title`: for those who cannot see it. */
export function chart(title: string, panels: readonly Panel[]): string {
  const width = WIDTH * COLUMNS;
  const height = HEIGHT * Math.ceil(panels.length / COLUMNS);
  const drawn = panels.map((panel, index) => {
    const x = (index % COLUMNS) * WIDTH;
    const y = Math.floor(index / COLUMNS) * HEIGHT;
    return `<g transform="translate(${x} ${y})">\n${drawPanel(panel).join('\n')}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="surface" width="${width}" height="${height}" rx="8"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel(panel: Panel): readonly string[] {
  const marks = panel.lines.flatMap((line) => line.marks);
  const places = marks.map(({ x }) => x);
  const xAxis = panel.isScattered ? logAxis(places) : stepsAxis(places, panel.isWideX);
  const heights = marks.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const yAxis = panel.isWideY ? logAxis(heights) : linearAxis(heights);
  const place = {
    x: (value: number) => LEFT + INSET + xAxis.place(value) * (INNER_WIDTH - 2 * INSET),
    y: (value: number) => TOP + (1 - yAxis.place(value)) * INNER_HEIGHT,
  };
  return [
    text(LEFT - 40, 22, panel.title, 'title'),
    text(LEFT - 40, 41, panel.yLabel),
    ...drawNames(panel),
    ...drawAxes(panel, xAxis, yAxis, place),
    ...panel.lines.flatMap((_, index) => drawLine(panel.lines, index, place)),
  ];
}

interface Place {
  x(value: number): number;
  y(value: number): number;
}

function drawNames({ lines }: Panel): readonly string[] {
  if (lines.length < 2) return [];
  const row = HEIGHT - BOTTOM - 12;
  return lines.flatMap(({ name }, index) => {
    const y = row - (lines.length - 1 - index) * 17;
    return [
      `<line class="line line-${index}" x1="${LEFT + 12}" x2="${LEFT + 30}" y1="${y - 4}" y2="${y - 4}"/>`,
      text(LEFT + 36, y, name),
    ];
  });
}

function drawAxes(panel: Panel, xAxis: Axis, yAxis: Axis, place: Place): readonly string[] {
  const base = TOP + INNER_HEIGHT;
  return [
    ...yAxis.ticks.flatMap((tick) => [
      `<line class="grid" x1="${LEFT}" x2="${LEFT + INNER_WIDTH}" y1="${px(place.y(tick))}" y2="${px(place.y(tick))}"/>`,
      text(LEFT - 7, place.y(tick) + 4, String(tick), '', 'end'),
    ]),
    `<line class="axis" x1="${LEFT}" x2="${LEFT + INNER_WIDTH}" y1="${base}" y2="${base}"/>`,
    ...xAxis.ticks.flatMap((tick) => [
      `<line class="axis" x1="${px(place.x(tick))}" x2="${px(place.x(tick))}" y1="${base}" y2="${base + 4}"/>`,
      text(place.x(tick), base + 18, String(tick), '', 'middle'),
    ]),
    text(LEFT + INNER_WIDTH / 2, base + 37, panel.xLabel, '', 'middle'),
  ];
}

/** Values stand above the highest line and below the other. */
function drawLine(lines: Panel['lines'], index: number, place: Place): readonly string[] {
  const marks = lines[index]?.marks ?? [];
  const points = marks.map(({ x, y }) => `${px(place.x(x))},${px(place.y(y))}`).join(' ');
  return [
    `<polyline class="line line-${index}" points="${points}"/>`,
    ...marks.flatMap(({ x, y, low = y, high = y }) => {
      const others = lines.flatMap((line) => line.marks).filter((other) => other.x === x);
      const isHighest = others.every((other) => other.y <= y);
      const [left, middle, top, bottom] = [place.x(x), place.y(y), place.y(high), place.y(low)];
      return [
        `<line class="spread line-${index}" x1="${px(left)}" x2="${px(left)}" y1="${px(top)}" y2="${px(bottom)}"/>`,
        `<circle class="mark mark-${index}" cx="${px(left)}" cy="${px(middle)}" r="4.5"/>`,
        text(left, isHighest ? top - 9 : bottom + 17, short(y), 'value', 'middle'),
      ];
    }),
  ];
}

/** Three digits that matter, at most two behind the point. */
function short(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function text(x: number, y: number, words: string, name = '', anchor = ''): string {
  const attributes = [name === '' ? '' : ` class="${name}"`, anchor === '' ? '' : ` text-anchor="${anchor}"`];
  return `<text x="${px(x)}" y="${px(y)}"${attributes.join('')}>${escaped(words)}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
