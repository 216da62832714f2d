import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { AccountError, type AccountErrorCode } from '../accounts/errors.ts';
import { ChannelError, type ChannelErrorCode } from '../channels/errors.ts';
import { ChatError, type ChatErrorCode } from '../chat/errors.ts';
import { JobError, type JobErrorCode } from '../jobs/errors.ts';
import { RenditionError, type RenditionErrorCode } from '../renditions/errors.ts';
import { type MissingCodec, SdpError, type SdpErrorCode } from '../sdp/sdp-error.ts';
import { StreamError, type StreamErrorCode } from '../streams/errors.ts';
import { WebhookError, type WebhookErrorCode } from '../webhooks/errors.ts';

export type HttpErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'insufficient_scope'
  | 'cross_site'
  | 'not_admitted'
  | 'authorizer_away'
  | 'not_found'
  | 'method_not_allowed'
  | 'changed_meanwhile'
  | 'body_too_large'
  | 'bad_content_type'
  | 'invalid_fields'
  | 'range_not_satisfiable'
  | 'still_live'
  | 'rate_limited'
  | 'too_many_feeds'
  | 'too_many_session_feeds'
  | 'not_implemented'
  | 'internal';

export type ErrorCode =
  | HttpErrorCode
  | StreamErrorCode
  | SdpErrorCode
  | ChannelErrorCode
  | AccountErrorCode
  | WebhookErrorCode
  | ChatErrorCode
  | JobErrorCode
  | RenditionErrorCode;

/** One status for each code: those of sessions come from RFC 9725 and the WHEP draft. */
export const statusOf = {
  bad_request: 400,
  bad_offer: 400,
  bad_answer: 400,
  bad_fragment: 400,
  unauthorized: 401,
  bad_key: 401,
  bad_login: 401,
  forbidden: 403,
  insufficient_scope: 403,
  too_many_scopes: 403,
  account_disabled: 403,
  registration_closed: 403,
  bad_link: 403,
  cross_site: 403,
  not_admitted: 403,
  bad_setup_token: 403,
  name_needed: 403,
  chat_off: 403,
  accounts_only: 403,
  banned: 403,
  not_yours_to_moderate: 403,
  not_found: 404,
  no_session: 404,
  no_stream: 404,
  stream_over: 404,
  not_adaptive: 404,
  no_channel: 404,
  no_key: 404,
  no_viewer_token: 404,
  no_image: 404,
  no_token: 404,
  no_user: 404,
  no_webhook: 404,
  no_delivery: 404,
  no_message: 404,
  no_author: 404,
  no_ban: 404,
  no_job: 404,
  method_not_allowed: 405,
  not_live: 409,
  still_live: 409,
  unanswered: 409,
  layer_taken: 409,
  nothing_recorded: 409,
  job_open: 409,
  not_to_retry: 409,
  slug_taken: 409,
  too_many_webhooks: 409,
  already_set_up: 409,
  last_owner: 409,
  name_taken: 409,
  not_set_up: 409,
  changed_meanwhile: 412,
  etag_mismatch: 412,
  body_too_large: 413,
  bad_content_type: 415,
  range_not_satisfiable: 416,
  unsupported_offer: 422,
  codec_not_offered: 422,
  already_agreed: 422,
  no_layer: 422,
  invalid_fields: 422,
  bad_layer: 422,
  bad_rungs: 422,
  bad_slug: 422,
  bad_image: 422,
  bad_url: 422,
  bad_name: 422,
  bad_password: 422,
  wrong_password: 422,
  bad_message: 422,
  bad_guest_name: 422,
  etag_missing: 428,
  rate_limited: 429,
  token_in_use: 429,
  too_fast: 429,
  too_many_logins: 429,
  too_many_session_feeds: 429,
  internal: 500,
  not_implemented: 501,
  too_many_feeds: 503,
  authorizer_away: 503,
  at_capacity: 503,
  interrupted: 503,
  ladder_starting: 503,
  ladder_full: 503,
  storage_failed: 503,
  storage_full: 507,
} as const satisfies Record<ErrorCode, ContentfulStatusCode>;

const retrySeconds: Partial<Record<ErrorCode, number>> = {
  not_live: 2,
  too_many_feeds: 5,
  authorizer_away: 5,
  at_capacity: 5,
  token_in_use: 5,
  interrupted: 1,
  ladder_starting: 1,
  ladder_full: 10,
  too_many_logins: 2,
};

const fieldOf: Partial<Record<ErrorCode, string>> = {
  bad_slug: 'slug',
  bad_name: 'name',
  bad_password: 'password',
  bad_url: 'url',
  bad_message: 'text',
  bad_guest_name: 'name',
  name_taken: 'name',
};

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: readonly FieldError[];

  constructor(
    code: HttpErrorCode,
    message: string,
    more: { headers?: Record<string, string>; fields?: readonly FieldError[] } = {},
  ) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
    this.headers = more.headers ?? {};
    this.fields = more.fields ?? [];
  }
}

/** The one place where errors become answers: RFC 9457, with the code as the type and never a stack. */
export function problemResponse(c: Context, error: unknown, log: Logger): Response {
  if (error instanceof HTTPException) {
    const code = error.status === 413 ? 'body_too_large' : 'bad_request';
    return problem(c, code, error.status < 500 ? error.message : 'The request could not be read.');
  }
  if (error instanceof HttpError) return problem(c, error.code, error.message, error.headers, error.fields);
  if (isKnown(error)) {
    const path = fieldOf[error.code];
    const fields = path === undefined ? [] : [{ path, message: error.message }];
    const missing = error instanceof SdpError ? error.missing : undefined;
    return problem(c, error.code, error.message, retryHeader(error), fields, missing);
  }
  log.error({ err: error, method: c.req.method, route: c.req.routePath }, 'request failed');
  return problem(c, 'internal', 'Something went wrong on the server.');
}

/** What was asked for is not there; no word of an address that never leads anywhere. */
export function isAbsence(error: unknown): boolean {
  return isKnown(error) && statusOf[error.code] === 404;
}

function problem(
  c: Context,
  code: ErrorCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  errors: readonly FieldError[] = [],
  missing?: MissingCodec,
): Response {
  const status = statusOf[code];
  const retryAfter = retrySeconds[code];
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  if (retryAfter !== undefined) c.header('Retry-After', String(retryAfter));
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header('Content-Type', 'application/problem+json');
  c.header('Cache-Control', 'no-store');
  const type = `urn:freshet:problem:${code}`;
  const body = { type, title: STATUS_CODES[status], status, detail, ...(errors.length > 0 && { errors }), ...missing };
  return c.body(JSON.stringify(body), status);
}

const KNOWN = [
  StreamError,
  SdpError,
  ChannelError,
  AccountError,
  WebhookError,
  ChatError,
  JobError,
  RenditionError,
] as const;

function isKnown(error: unknown): error is InstanceType<(typeof KNOWN)[number]> {
  return KNOWN.some((known) => error instanceof known);
}

function retryHeader(error: Error): Record<string, string> {
  const seconds = error instanceof ChatError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}
