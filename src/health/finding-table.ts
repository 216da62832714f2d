import { styleText } from 'node:util';
import type { Finding, Level } from './finding.ts';

const LABELS: Readonly<Record<Level, string>> = { ok: 'ok', warning: 'warning', fault: 'FAULT' };
const STYLES = { ok: 'green', warning: 'yellow', fault: 'red' } as const;
const ORDER: readonly Level[] = ['fault', 'warning', 'ok'];
const LABEL_WIDTH = 9;
const GAP = 2;

/** For a terminal of so many columns: the worst first, and below each what is to be done about it. */
export function findingTable(
  findings: readonly Finding[],
  { columns, isColored }: { columns: number; isColored: boolean },
): string {
  const subjectWidth = Math.max(0, ...findings.map(({ subject }) => subject.length)) + GAP;
  const indent = ' '.repeat(LABEL_WIDTH + subjectWidth);
  const width = Math.max(30, columns - indent.length);
  const sorted = findings.toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  return sorted
    .map(({ level, subject, found, cure }) => {
      const label = LABELS[level].padEnd(LABEL_WIDTH);
      const head = `${isColored ? styleText(STYLES[level], label, { validateStream: false }) : label}${subject.padEnd(subjectWidth)}`;
      const lines = [...wrap(found, width), ...(cure === undefined ? [] : wrap(`> ${cure}`, width))];
      return `${head}${lines.join(`\n${indent}`)}\n`;
    })
    .join('');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
