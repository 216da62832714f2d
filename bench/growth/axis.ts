/** One direction of a chart: from values to places, and the values worth a mark. */
export interface Axis {
  readonly ticks: readonly number[];
  /** 0 at the beginning of the axis, 1 at its end. */
  place(value: number): number;
}

const MAX_STEPS = 5;

/** From 0 to a round number that nothing exceeds. */
export function linearAxis(values: readonly number[]): Axis {
  const most = Math.max(...values, 0) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(most / MAX_STEPS));
  const factor = [1, 2, 5, 10].find((candidate) => most / (candidate * magnitude) <= MAX_STEPS) ?? 10;
  const step = factor * magnitude;
  const end = Math.ceil(most / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => rounded(index * step));
  return { ticks, place: (value) => value / end };
}

/** By powers, from one round number (1, 2 or 5 of its power of ten) to another. Values above 0. */
export function logAxis(values: readonly number[]): Axis {
  const from = roundBelow(Math.min(...values));
  const to = Math.max(roundAbove(Math.max(...values)), from * 2);
  const powers = Array.from({ length: 25 }, (_, index) => 10 ** (index - 12));
  const ticks = powers
    .flatMap((power) => [power, 2 * power, 5 * power].map(rounded))
    .filter((tick) => tick >= from && tick <= to);
  return { ticks, place: logPlace(from, to) };
}

/** One mark for each value that there is; `isWide`: by powers. */
export function stepsAxis(values: readonly number[], isWide: boolean): Axis {
  const ticks = [...new Set(values)].toSorted((a, b) => a - b);
  const [from = 1, to = from] = [ticks[0], ticks.at(-1)];
  if (from === to) return { ticks, place: () => 0.5 };
  return { ticks, place: isWide ? logPlace(from, to) : (value) => (value - from) / (to - from) };
}

function logPlace(from: number, to: number): (value: number) => number {
  return (value) => Math.log(value / from) / Math.log(to / from);
}

function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return rounded(([5, 2, 1].find((factor) => factor * power <= value * (1 + 1e-9)) ?? 1) * power);
}

function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return rounded(([1, 2, 5].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10) * power);
}

// 0.1 + 0.2 is 0.3 here.
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
