import { createRoute, OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { type Access, accessText, type Granted, securityOf, type Who } from '../access.ts';
import type { AppEnv } from '../env.ts';
import { type ErrorCode, type FieldError, HttpError } from '../errors.ts';
import { problemSchema } from './schemas.ts';

/** A router whose validation errors are problems that name the field. A path that fits no shape names nothing: 404. */
export function apiRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === 'param') throw new HttpError('not_found', 'There is nothing here.');
      const fields = result.error.issues.flatMap(fieldsOf);
      const first = fields[0];
      const detail = first ? `${first.path || result.target}: ${first.message}` : 'The request is not valid.';
      throw new HttpError('invalid_fields', detail, { fields });
    },
  });
}

/** Who misspells a field is told which. What looks like none may be a secret in the wrong place, which is never repeated. */
const FIELD_NAME = /^[A-Za-z][A-Za-z_]{0,23}$/;

function fieldsOf(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => {
    const name = FIELD_NAME.test(key) ? key : '…';
    return { path: path === '' ? name : `${path}.${name}`, message: 'is not known here' };
  });
}

/** The parts of an OpenAPI route description that repeat themselves. */

/** Refuses fields it does not know: what is misspelt, or can not be changed, is better said than passed over. */
export function jsonBody<T extends z.core.$ZodLooseShape>(schema: z.ZodObject<T>) {
  return { required: true, content: { 'application/json': { schema: schema.strict() } } } as const;
}

export function answers<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } } as const;
}

export const failure = {
  default: { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } },
} as const;

/** Where a description keeps what the route itself throws, until `document.ts` adds what holds for all of its kind. */
export const DOMAIN_PROBLEMS = 'x-domain-problems';

type Described<W extends Who> = Omit<RouteConfig, 'middleware' | 'security' | 'description'> & {
  readonly access: Access<W>;
  /** What it can say no with beside what follows from its access, body and parameters. */
  readonly problems?: readonly ErrorCode[];
};
type Admitted<W extends Who> = AppEnv & { Variables: { readonly granted: Granted[W] } };

/**
 * A route and who it is for: said in its description, and seen to before anything else of it is looked at. What was
 * found of who asks is in `c.var.granted`.
 */
export function route<W extends Who, P extends string, R extends Described<W> & { path: P }>(
  config: R & { access: Access<W> },
) {
  const { access, problems = [], ...described } = config;
  const middleware: MiddlewareHandler<Admitted<W>> = async (c, next) => {
    c.set('access', access);
    c.set('granted', await c.var.gate.admit(c, access));
    await next();
  };
  return createRoute({
    // `access` and `problems` are no words of OpenAPI.
    ...(described as R),
    middleware,
    description: accessText(access),
    security: securityOf(access),
    'x-access': access,
    [DOMAIN_PROBLEMS]: problems,
  });
}
