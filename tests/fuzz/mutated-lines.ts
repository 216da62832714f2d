import fc from 'fast-check';

const noise = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    ':',
    ';',
    '/',
    '0',
    '-1',
    '4294967296',
    '99999999999999999999',
    'NaN',
    '__proto__',
    'constructor',
    '*',
    '~',
    ',',
  ),
);
const index = fc.nat({ max: 1000 });

/** One change to the lines of a text, in place. */
const mutationWith = (anyLine: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.record({ type: fc.constant('delete' as const), at: index }),
    fc.record({ type: fc.constant('repeat' as const), at: index, times: fc.integer({ min: 1, max: 70 }) }),
    fc.record({ type: fc.constant('insert' as const), at: index, line: fc.oneof(anyLine, noise) }),
    fc.record({ type: fc.constant('swap' as const), at: index, other: index }),
    fc.record({
      type: fc.constant('splice' as const),
      at: index,
      column: index,
      text: noise,
      cut: fc.nat({ max: 12 }),
    }),
    fc.record({ type: fc.constant('word' as const), at: index, word: fc.nat({ max: 8 }), text: noise }),
  );
type Mutation = ReturnType<typeof mutationWith> extends fc.Arbitrary<infer T> ? T : never;

/** Texts of a corpus with one to eight changes to their lines; what is put in is noise, or a line of another text. */
export function mutatedLines(corpus: readonly string[]): fc.Arbitrary<string> {
  const anyLine = fc.constantFrom(...corpus.flatMap((text) => text.split(/\r?\n/)));
  const mutations = fc.array(mutationWith(anyLine), { minLength: 1, maxLength: 8 });
  return fc.tuple(fc.constantFrom(...corpus), mutations).map(([text, changes]) => mutate(text, changes));
}

function mutate(text: string, mutations: readonly Mutation[]): string {
  const lines = text.split('\r\n');
  for (const change of mutations) {
    const at = change.at % lines.length;
    const line = lines[at] ?? '';
    if (change.type === 'delete') lines.splice(at, 1, ...(lines.length > 1 ? [] : ['']));
    else if (change.type === 'repeat') lines.splice(at, 0, ...Array<string>(change.times).fill(line));
    else if (change.type === 'insert') lines.splice(at, 0, change.line);
    else if (change.type === 'swap') {
      const other = change.other % lines.length;
      lines[at] = lines[other] ?? '';
      lines[other] = line;
    } else if (change.type === 'splice') {
      const column = change.column % (line.length + 1);
      lines[at] = line.slice(0, column) + change.text + line.slice(column + change.cut);
    } else {
      const words = line.split(/([ :;=/])/);
      words[(change.word * 2) % (words.length + 1)] = change.text;
      lines[at] = words.join('');
    }
  }
  return lines.join('\r\n');
}
