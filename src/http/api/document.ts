import type { OpenAPIHono } from '@hono/zod-openapi';
import { SCOPES } from '../../accounts/scopes.ts';
import type { Access, Who } from '../access.ts';
import type { AppEnv } from '../env.ts';
import { type ErrorCode, statusOf } from '../errors.ts';
import { DOMAIN_PROBLEMS } from './describe.ts';

export type ApiDocument = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>;
export type Operation = NonNullable<NonNullable<ApiDocument['paths']>[string]['get']>;

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];
const CHANGES: ReadonlySet<Method> = new Set(['put', 'patch', 'delete']);

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Freshet',
    version: '1',
    description:
      'Channels, their keys, what is live on them, and who is told of it. Each route says who may call it, and which ' +
      `scope a token needs for that; the scopes are ${SCOPES.join(', ')}. A login has all of them.`,
  },
  servers: [{ url: '/api/v1' }],
};

const documents = new WeakMap<OpenAPIHono<AppEnv>, ApiDocument>();

/** Made once, when all routes are there: that takes a tenth of a second, and anybody may ask. */
export function documentOf(api: OpenAPIHono<AppEnv>): ApiDocument {
  const document = documents.get(api) ?? madeOf(api);
  documents.set(api, document);
  return document;
}

/** The routes as they describe themselves, and with each what holds for all of its kind. */
function madeOf(api: OpenAPIHono<AppEnv>): ApiDocument {
  const document = api.getOpenAPI31Document(INFO);
  for (const item of Object.values(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) item[method] = completed(method, operation, item.get !== undefined);
    }
  }
  return document;
}

function completed(method: Method, operation: Operation, isReadable: boolean): Operation {
  const { parameters = [], responses = {} } = operation;
  const isTagged = method === 'get' && JSON.stringify(responses['200'] ?? {}).includes('application/json');
  const { default: refusal } = responses;
  const problem = refusal && 'content' in refusal ? { content: refusal.content } : {};
  const codes = problemsOf(method, operation);
  const condition = isTagged || '304' in responses ? 'If-None-Match' : CHANGES.has(method) ? 'If-Match' : undefined;
  const nothingMatches = condition === 'If-Match' && !isReadable;
  return {
    ...operation,
    ...(condition && {
      parameters: [
        ...parameters,
        {
          name: condition,
          in: 'header',
          schema: { type: 'string' },
          ...(nothingMatches && { description: 'No ETag matches, as this address can not be read: always 412' }),
        },
      ],
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, answer]) => [status, withHeaders(answer, isTagged)]),
      ),
      ...(isTagged && { 304: { description: 'As it was with that ETag', headers: HEADERS } }),
      ...(CHANGES.has(method) && { 412: { description: 'Changed since it was read', headers: HEADERS, ...problem } }),
      429: { description: 'Too many requests', headers: { ...HEADERS, 'Retry-After': header('Seconds') }, ...problem },
      default: { description: `Problems: ${codes.map(codeText).join(', ')}`, headers: HEADERS, ...problem },
    },
    'x-problems': codes,
  };
}

const header = (description: string) => ({ description, schema: { type: 'string' as const } });

/** Of every answer (draft-ietf-httpapi-ratelimit-headers). */
const HEADERS = {
  'RateLimit-Policy': header('The share: `"api";q=3000;w=60` is 3000 requests in 60 seconds'),
  RateLimit: header('What is left: `"api";r=2999;t=60` is 2999, and 60 seconds until all are back'),
};

function withHeaders(answer: object, isTagged: boolean) {
  return { ...answer, headers: { ...HEADERS, ...(isTagged && { ETag: header('Of this very answer') }) } };
}

const codeText = (code: ErrorCode) => `\`${code}\` (${statusOf[code]})`;

const OF_WHO: Readonly<Record<Who, readonly ErrorCode[]>> = {
  anyone: [],
  visitor: ['no_channel'],
  account: ['unauthorized', 'not_set_up'],
  publisher: ['unauthorized', 'forbidden', 'not_set_up'],
  moderator: ['unauthorized', 'forbidden', 'no_channel', 'not_set_up'],
  manager: ['unauthorized', 'forbidden', 'no_channel', 'not_set_up'],
  owner: ['unauthorized', 'forbidden'],
};

function accessProblems({ who, scope }: Access): readonly ErrorCode[] {
  return [...OF_WHO[who], ...(scope === 'none' ? [] : (['unauthorized', 'insufficient_scope'] as const))];
}

/** All that the route can say no with: by who it is for, by what it takes, and by what it does. */
function problemsOf(method: Method, operation: Operation): ErrorCode[] {
  const { parameters = [], requestBody } = operation;
  const access: Access | undefined = operation['x-access'];
  const namesIn = (place: string) => parameters.flatMap((one) => ('in' in one && one.in === place ? [one.name] : []));
  // Any text may be a channel's name: no_channel says what it is not.
  const hasShape = namesIn('path').some((name) => name !== 'slug');
  const takesJson = requestBody && 'content' in requestBody && requestBody.content['application/json'] !== undefined;
  const codes: ErrorCode[] = [
    ...(access ? accessProblems(access) : []),
    ...(operation[DOMAIN_PROBLEMS] ?? []),
    ...(hasShape ? (['not_found'] as const) : []),
    ...(namesIn('query').length > 0 || takesJson ? (['invalid_fields'] as const) : []),
    ...(takesJson ? (['bad_request'] as const) : []),
    ...(method === 'get' ? [] : (['bad_content_type', 'body_too_large', 'cross_site'] as const)),
    ...(CHANGES.has(method) ? (['changed_meanwhile'] as const) : []),
    'rate_limited',
    'internal',
  ];
  // What is not there is deleted already.
  const isSaid = (code: ErrorCode) => method !== 'delete' || code === 'not_found' || statusOf[code] !== 404;
  return [...new Set(codes)].filter(isSaid);
}
