import { expect } from 'vitest';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  /** Codes that it can say no with. */
  readonly 'x-problems'?: readonly string[];
  readonly description?: string;
  readonly requestBody?: { readonly content?: Readonly<Record<string, unknown>> };
  readonly security?: readonly object[];
  readonly 'x-access'?: { readonly who: string; readonly scope: string; readonly orLocal?: boolean };
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Json }>> }>
  >;
}

/** What `/api/v1/openapi.json` promises. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/** Fails unless the answer is one that the document describes, with these fields and no others. */
export async function expectAsDescribed(document: ApiDocument, method: string, path: string, response: Response) {
  const operation = operationOf(document, method, path);
  // A path or method that is not described is answered by no operation.
  if (!operation) return;
  const where = `${method} ${path} ${response.status}`;
  const described =
    operation.responses[String(response.status)] ?? (response.ok ? undefined : operation.responses['default']);
  expect(described, `${where} is described`).toBeDefined();
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = described?.content?.[type]?.schema;
  if (!described?.content) {
    expect(await response.text(), `${where} has no body`).toBe('');
  } else if (type.endsWith('json')) {
    expect(schema, `${where} may be ${type}`).toBeDefined();
    const answer: unknown = await response.json();
    expectDeclared(operation, answer, where);
    const parsed = z.fromJSONSchema(closed({ ...schema, $defs: document.components.schemas })).safeParse(answer);
    expect(parsed.error?.issues ?? [], where).toEqual([]);
  }
}

/** A problem has a code that the route's description names. */
function expectDeclared({ 'x-problems': problems = [] }: Operation, answer: unknown, where: string): void {
  const code = codeIn(answer);
  if (code !== undefined) expect(problems, where).toContain(code);
}

/** Of a problem. */
export function codeIn(answer: unknown): string | undefined {
  const { type } = (answer ?? {}) as { type?: unknown };
  return typeof type === 'string' ? /^urn:freshet:problem:(\w+)$/.exec(type)?.[1] : undefined;
}

function operationOf({ paths }: ApiDocument, method: string, path: string): Operation | undefined {
  const segments = path.split('?')[0]?.split('/') ?? [];
  const fits = (pattern: string) => {
    const parts = pattern.split('/');
    return (
      parts.length === segments.length &&
      parts.every((part, i) => (part.startsWith('{') ? segments[i] !== '' : part === segments[i]))
    );
  };
  const found = Object.entries(paths).find(([pattern]) => fits(pattern));
  return found?.[1][method.toLowerCase()];
}

/** The same schema, where an object may have no field that is not named, and references lead to `$defs`. */
function closed(schema: unknown): Json {
  return close(schema) as Json;
}

function close(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(close);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) =>
    key === '$ref' ? [key, String(value).replace('#/components/schemas/', '#/$defs/')] : [key, close(value)],
  );
  const result: Json = Object.fromEntries(entries);
  return 'properties' in result ? { ...result, additionalProperties: false } : result;
}
