/** A JSON schema in the words of TypeScript, which are shorter. */
export function schemaText(schema: unknown, indent = ''): string {
  if (!isRecord(schema)) return 'unknown';
  const { $ref, enum: values, type, allOf, anyOf, items, properties, description, default: fallback } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? '';
  if (Array.isArray(allOf)) return allOf.map((one) => schemaText(one, indent)).join(' & ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => schemaText(one, indent)).join(' | ');
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(type)) return type.map((one) => schemaText({ ...schema, type: one }, indent)).join(' | ');
  if (type === 'null') return 'null';
  if (isRecord(properties)) return objectText(properties, schema['required'], indent);
  if (type === 'array') return `${bracketed(schemaText(items, indent))}[]`;
  if (typeof type !== 'string') return 'unknown';
  const notes = [limitsText(schema), description, fallback === undefined ? '' : `else ${JSON.stringify(fallback)}`];
  const said = notes.filter(Boolean).join(', ');
  return said === '' ? type : `${type} (${said})`;
}

function objectText(properties: Record<string, unknown>, required: unknown, indent: string): string {
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = needed.includes(name) ? '' : '?';
    return `${indent}  ${name}${mark}: ${schemaText(schema, `${indent}  `)}`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

function limitsText({ format, minimum, maximum, minLength, maxLength }: Record<string, unknown>): string {
  const [min, max] = [minimum ?? minLength, maximum ?? maxLength];
  const isTold = (limit: unknown) => typeof limit === 'number' && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  const range = [isTold(min) ? `from ${min}` : '', isTold(max) ? `to ${max}` : ''].filter(Boolean).join(' ');
  return [format, range].filter(Boolean).join(', ');
}

function bracketed(text: string): string {
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
