import { expect, test } from 'vitest';
import { fault, ok, warning } from '../../src/health/finding.ts';
import { findingTable } from '../../src/health/finding-table.ts';

const findings = [
  ok('Disk', 'There is room.'),
  warning('ffmpeg', 'not found', 'Install it.'),
  fault('UDP 8189', 'Another program has it already.', 'Stop it, or set MEDIA_PORT.'),
];

test('the worst stands first, wrapped to the width of the terminal, its cure below it', () => {
  expect(findingTable(findings, { columns: 50, isColored: false })).toBe(
    [
      'FAULT    UDP 8189  Another program has it already.',
      '                   > Stop it, or set MEDIA_PORT.',
      'warning  ffmpeg    not found',
      '                   > Install it.',
      'ok       Disk      There is room.',
      '',
    ].join('\n'),
  );
  expect(findingTable(findings, { columns: 49, isColored: false })).toContain('has it\n                   already.');
});

test('a terminal that has colours gets them', () => {
  expect(findingTable(findings, { columns: 80, isColored: true })).toContain('\u001b[31mFAULT');
});

test('a word that is longer than the line is left whole', () => {
  const found = 'x'.repeat(80);
  expect(findingTable([ok('Disk', found)], { columns: 40, isColored: false })).toBe(`ok       Disk  ${found}\n`);
});
