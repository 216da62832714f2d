import fc from 'fast-check';
import type { ApiDocument } from '../../support/api-contract.ts';
import { allowed, hostile, hostileText, type Json, nearly } from './values.ts';

export interface FuzzRequest {
  readonly method: string;
  /** With its query, to the letter as it goes over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export const ROLES = ['admin', 'owner', 'streamer', 'viewer', 'nobody', 'wrong'] as const;
export type FuzzRole = (typeof ROLES)[number];

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Json;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Json | undefined;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];
const TYPES = [
  'application/json',
  'application/json',
  'APPLICATION/JSON; charset=utf-16',
  'text/plain',
  '*/*',
  ';',
  'a',
];
const TAGS = ['*', '"x"', 'W/"x"', '"', ',', '"a.b"', 'x'.repeat(3000)];
const PATH_NOISE = [
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '..',
  '.',
  '%2e%2e',
  'a%2Fb',
  '%F0%9F%98%80',
  'x'.repeat(2000),
  '',
  '*',
  '{slug}',
];
const QUERY_NOISE = [
  'limit=%',
  'cursor',
  '&&=&',
  'limit=1&limit=2',
  'limit[]=1',
  '%00=1',
  '__proto__=1',
  'q=%ff',
  `q=${'%41'.repeat(400)}`,
];
const BODY_NOISE = [
  '',
  '{',
  'nul',
  '"',
  '[]',
  '{"a":1,"a":2}',
  '\ufeff{}',
  '['.repeat(30_000),
  '{"__proto__":{"role":"owner"}}',
  '1e999',
  '{}{}',
];

/** Requests to what the document describes: as it says, nearly so, and not at all. `ids` lead to something, some of them. */
export function requestsFor(
  document: ApiDocument,
  ids: () => readonly string[],
): fc.Arbitrary<FuzzRequest & { role: FuzzRole }> {
  const { schemas } = document.components;
  const known = fc.nat().map((at) => ids()[at % Math.max(1, ids().length)] ?? '01890a5d-ac96-774b-bcce-b302099a8057');
  const operations = operationsOf(document).map((operation) => requestTo(operation, schemas, known));
  return fc.tuple(fc.oneof(...operations), fc.constantFrom(...ROLES)).map(([request, role]) => ({ ...request, role }));
}

function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const { parameters = [], requestBody } = operation as {
        readonly parameters?: readonly Parameter[];
        readonly requestBody?: Json;
      };
      const content = requestBody?.['content'] as Record<string, { schema: Json }> | undefined;
      return { method: method.toUpperCase(), path, parameters, body: content?.['application/json']?.schema };
    }),
  );
}

function requestTo(operation: Operation, schemas: Json, known: fc.Arbitrary<string>): fc.Arbitrary<FuzzRequest> {
  const method = often(fc.constant(operation.method), fc.constantFrom(...METHODS));
  const headers = fc.record(
    {
      'if-match': fc.constantFrom(...TAGS),
      'if-none-match': fc.constantFrom(...TAGS),
      'content-type': often(fc.constant('application/json'), fc.constantFrom(...TYPES)),
      range: fc.constant('bytes=0-1'),
    },
    { requiredKeys: operation.body ? ['content-type'] : [] },
  );
  return fc
    .record({
      method,
      target: targetOf(operation, schemas, known),
      headers: often(headers.map(typeOnly), headers),
      body: bodyOf(operation, schemas, known),
    })
    .map((request) => ({
      ...request,
      body: request.method === 'GET' || request.method === 'HEAD' ? undefined : request.body,
    }));
}

function targetOf({ path, parameters }: Operation, schemas: Json, known: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const segments = path.split('/').map((part) => {
    if (!part.startsWith('{')) return fc.constant(part);
    const right = part === '{slug}' ? fc.constantFrom('brook', 'brook', 'spring', 'nothing') : known;
    return often(right, fc.oneof(fc.constantFrom(...PATH_NOISE), hostileText.map(encoded)));
  });
  const pairs = parameters.flatMap(({ name, in: place, schema = {} }) => {
    if (place !== 'query') return [];
    const value = often(allowed(schema, schemas, known), hostile);
    return [
      value.map((one) => `${encoded(name)}=${encoded(typeof one === 'string' ? one : (JSON.stringify(one) ?? ''))}`),
    ];
  });
  const query = often(
    fc.tuple(...pairs.map((pair) => fc.option(pair, { nil: '' }))),
    fc.array(fc.constantFrom(...QUERY_NOISE), { maxLength: 3 }),
  );
  return fc.tuple(fc.tuple(...segments), query).map(([parts, given]) => {
    const text = given.filter(Boolean).join('&');
    return `/api/v1${parts.join('/')}${text === '' ? '' : `?${text}`}`;
  });
}

function bodyOf({ body }: Operation, schemas: Json, known: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array | undefined> {
  const right = body ? allowed(body, schemas, known) : fc.constant(undefined);
  const text = fc.oneof(
    { arbitrary: right.map((value) => JSON.stringify(value)), weight: 5 },
    { arbitrary: nearly(right).map((value) => JSON.stringify(value)), weight: 5 },
    { arbitrary: fc.constantFrom(...BODY_NOISE), weight: 1 },
  );
  const bytes = text.map((one) => (one === undefined ? undefined : Buffer.from(one)));
  return fc.oneof({ arbitrary: bytes, weight: 12 }, { arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 });
}

/** Mostly the one, now and then the other. */
function often<A, B>(mostly: fc.Arbitrary<A>, rarely: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ arbitrary: mostly, weight: 6 }, { arbitrary: rarely, weight: 1 });
}

function typeOnly(headers: Record<string, string | undefined>): Record<string, string> {
  const type = headers['content-type'];
  return type === undefined ? {} : { 'content-type': type };
}

/** Half a character has no bytes, so it can not stand in an address. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
