import fc from 'fast-check';

export type Json = Readonly<Record<string, unknown>>;

const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00x',
  '\u202e\u200b',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE users; --",
  '%',
  '%%_\\',
  '../../etc/passwd',
  'NaN',
  '1e999',
  '-1',
  '99999999999999999999',
  '0x10',
  'true',
  'null',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  '😀'.repeat(40),
  'x'.repeat(5_000),
  '\n\r\t',
  'http://169.254.169.254/',
  'https://user:pass@example.org/',
  'https://example.org/\0',
  'javascript:alert(1)',
];
const NUMBERS = [-1, -0, 0, 0.5, 1, 101, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e308, -1e308, 5e-324];

export const hostileText = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

/** Something that nobody asked for. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostileText, weight: 4 },
  { arbitrary: fc.constantFrom<unknown>(...NUMBERS), weight: 3 },
  { arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: { b: {} } }), weight: 2 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
  { arbitrary: fc.nat({ max: 3_000 }).map(nested), weight: 1 },
);

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** What a schema allows, as far as it can be told from outside. `known`: names that lead to something. */
export function allowed(schema: Json, schemas: Json, known: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const of = (part: unknown) => allowed((part ?? {}) as Json, schemas, known);
  const { $ref, enum: values, anyOf, oneOf, allOf, type, items, properties } = schema;
  if (typeof $ref === 'string') return of(schemas[$ref.split('/').at(-1) ?? '']);
  if (Array.isArray(values)) return fc.constantFrom<unknown>(...values);
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map(of));
  if (Array.isArray(allOf)) return of(allOf[0]);
  if (Array.isArray(type)) return fc.oneof(...type.map((one: unknown) => of({ ...schema, type: one })));
  if (type === 'object') return objectOf((properties ?? {}) as Json, (schema['required'] ?? []) as string[], of);
  if (type === 'array') return fc.array(of(items), { maxLength: Math.min(Number(schema['maxItems'] ?? 4), 4) });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer' || type === 'number')
    return fc.integer({ min: atLeast(schema, -5), max: atMost(schema, 1e6) });
  return textOf(schema, known);
}

function objectOf(properties: Json, required: readonly string[], of: (part: unknown) => fc.Arbitrary<unknown>) {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, of(part)]));
  const requiredKeys = required.filter((name) => name in fields);
  return fc.record(fields, { requiredKeys });
}

function textOf({ format, minLength, maxLength }: Json, known: fc.Arbitrary<string>): fc.Arbitrary<string> {
  if (format === 'uuid') return known;
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const size = { minLength: Number(minLength ?? 0), maxLength: Math.min(Number(maxLength ?? 60), 200) };
  const words = fc.constantFrom('brook', 'A title', 'https://example.org/hook', 'stream.started', 'Grüße, 川');
  return fc.oneof(known, words, fc.string({ ...size, unit: 'grapheme' }));
}

const atLeast = ({ minimum }: Json, otherwise: number) =>
  typeof minimum === 'number' ? Math.max(minimum, -1e9) : otherwise;
const atMost = ({ maximum }: Json, otherwise: number) =>
  typeof maximum === 'number' ? Math.min(maximum, 1e9) : otherwise;

/** The same with something amiss: a field left out, put in, or of another kind. */
export function nearly(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('drop', 'replace', 'add'),
    text: hostileText,
    value: hostile,
  });
  return fc.tuple(value, fc.array(change, { minLength: 1, maxLength: 3 })).map(([whole, changes]) => {
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return changes[0]?.value;
    const fields = new Map(Object.entries(whole));
    for (const { at, how, text, value: given } of changes) {
      const name = [...fields.keys()][at % Math.max(1, fields.size)] ?? text;
      if (how === 'drop') fields.delete(name);
      else fields.set(how === 'add' ? text : name, given);
    }
    return Object.fromEntries(fields);
  });
}
