/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly budget: string;
  /** As measured: smallest, median, largest, or what the notes say. */
  readonly measured: string;
  /** Absent where there is no budget. */
  readonly isMet?: boolean;
  readonly notes: string;
}

export function numbers(values: readonly number[], digits = 2): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => (sorted[index] ?? 0).toFixed(digits);
  const median = medianOf(values).toFixed(digits);
  return sorted.length === 1 ? at(0) : `${at(0)} / **${median}** / ${at(sorted.length - 1)}`;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, budget, measured, isMet, notes }) => {
    const verdict = isMet === undefined ? '' : isMet ? 'met' : '**missed**';
    return `| ${what} | ${budget} | ${measured} | ${verdict} | ${notes} |`;
  });
  return ['| | budget | measured | | notes |', '|---|---|---|---|---|', ...lines].join('\n');
}
