import type { Level, Result } from './check.ts';
import { UNTESTED } from './untested.ts';

const LEVELS: Readonly<Record<Level, string>> = { M: 'MUST', S: 'SHOULD', O: 'MAY', I: 'interop' };

export interface Section {
  readonly title: string;
  readonly results: readonly Result[];
}

/** The verdicts as docs/conformance.md has them. */
export function conformancePage(sections: readonly Section[]): string {
  const elsewhere = UNTESTED.map(({ item, level, requirement, where }) =>
    row([item, LEVELS[level], requirement, where]),
  );
  return [
    '# Conformance to WHIP and WHEP',
    '',
    'Written by `npm run conformance`, which checks any server: `npm run conformance -- --whip URL --token T --whep URL`.',
    'Items are numbered by protocol: A is [RFC 9725](https://www.rfc-editor.org/rfc/rfc9725), B is',
    "[draft-ietf-wish-whep](https://datatracker.ietf.org/doc/draft-ietf-wish-whep/), S and L are WHEP's extensions for server-sent events and layers.",
    '',
    ...sections.flatMap(({ title, results }) => [`## ${title}`, '', summary(results), '', ...table(results), '']),
    '## Seen elsewhere',
    '',
    'What HTTP alone does not show.',
    '',
    '| item | level | requirement | where |',
    '|---|---|---|---|',
    ...elsewhere,
    '',
  ].join('\n');
}

export function summary(results: readonly Result[]): string {
  const count = (verdict: Result['verdict']) => results.filter((result) => result.verdict === verdict).length;
  const applicable = results.length - count('not applicable');
  return `${count('met')} of ${applicable} met${applicable < results.length ? `, ${count('not applicable')} not applicable` : ''}.`;
}

function table(results: readonly Result[]): string[] {
  const rows = results.map(({ item, level, requirement, verdict, detail }) =>
    row([item, LEVELS[level], requirement, verdict === 'met' ? 'met' : `**${verdict}**: ${detail}`]),
  );
  return ['| item | level | requirement | verdict |', '|---|---|---|---|', ...rows];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
