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

const INTRODUCTION = `# Performance

Made by \`npm run bench\`, which measures the whole server as it is started by \`npm start\`, on this machine alone: the
publisher, the viewers and the server share its cores, and every packet goes over loopback, where the sender's CPU also
pays for the receiving half of the kernel. Three figures are smallest / **median** / largest of repeated runs.

The viewers are real: each has its own socket, ICE, DTLS and SRTP keys, sends consent checks and receiver reports, counts
every packet by its number, opens the first one, and one viewer in twenty opens them all. They empty their sockets every
2 ms instead of being woken by each packet. Unless a line says so they take datagrams one by one (no UDP GRO), so that the
sender's kernel has to cut every GSO run itself.
`;

/** The whole page, to be kept in the repository. */
export function performancePage(rows: readonly Row[], conditions: readonly string[]): string {
  const made = [
    `Made ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC by \`npm run bench\`.`,
    ...conditions,
  ];
  return `${INTRODUCTION}\n${made.map((line) => `- ${line}`).join('\n')}\n\n${tableOf(rows)}\n`;
}
