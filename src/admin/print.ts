import type { Command, Outcome } from './command.ts';

const NOTHING = 'none\n';

/** For people, unless `isJson`. */
export function printed({ data, rows, text }: Outcome, isJson: boolean): string {
  if (isJson) return `${JSON.stringify(data, null, 2)}\n`;
  return `${rows ? tableOf(rows) : ''}${text === undefined ? '' : `${text}\n`}`;
}

/** Columns in the order of the first row. */
function tableOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return NOTHING;
  const cells = [names.map((name) => name.toUpperCase()), ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

export function usageOf(commands: readonly Command[]): string {
  const shapes = commands.map(({ name, takes }) => [name, ...takes.map((word) => `<${word}>`)].join(' '));
  const width = Math.max(...shapes.map((shape) => shape.length));
  const lines = commands.map(({ summary }, index) => `  ${shapes[index]?.padEnd(width)}  ${summary}`);
  return [
    'npm run admin -- <command> [options]',
    '',
    ...lines,
    '',
    'Each tells its options with --help. --json prints for programs.',
    'Exit code: 0 done, 1 refused or failed, 2 not understood.',
    '',
  ].join('\n');
}

export function helpOf({ name, takes, summary, options = {} }: Command): string {
  const shape = [name, ...takes.map((word) => `<${word}>`), '[options]'].join(' ');
  const known: Command['options'] = { ...options, json: { type: 'boolean', help: 'print for programs' } };
  const lines = Object.entries(known).map(([option, { type, help }]) => {
    const form = type === 'string' ? `--${option} …` : `--${option}`;
    return `  ${form.padEnd(20)}${help}`;
  });
  return [`npm run admin -- ${shape}`, '', summary, '', ...lines, ''].join('\n');
}
