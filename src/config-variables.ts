import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
/** How packets are handed to the kernel; `auto` takes the fastest that passes the self-test. */
export const SEND_MODES = ['auto', 'gso', 'sendmmsg', 'dgram'] as const;

export const AUTHORIZE_ON_ERROR = ['refuse', 'allow'] as const;
export const REGISTRATION = ['closed', 'open'] as const;
export const REDIRECT_WHEN = ['full', 'always'] as const;

export interface AnnouncedAddress {
  readonly address: string;
  /** The outside port of the first media thread, where it is mapped elsewhere. */
  readonly port?: number;
}

/** A variable that `read` makes sense of, or not (`undefined`); then `rule` says what would be right. */
function variable<T>(rule: string, read: (value: string) => T | undefined) {
  return z
    .string()
    .transform((value, context): T => {
      const parsed = read(value);
      if (parsed !== undefined) return parsed;
      context.addIssue(rule);
      return z.NEVER;
    })
    .optional();
}

const nonEmpty = (rule: string) => variable(rule, (value) => value);

const matching = (rule: string, pattern: RegExp) =>
  variable(rule, (value) => (pattern.test(value) ? value : undefined));

const wholeNumber = (min: number, max: number, example: number) =>
  variable(`must be a whole number from ${min} to ${max}, for example ${example}`, (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  });

const oneOf = <const T extends string>(options: readonly T[]) =>
  variable(`must be one of ${options.join(', ')}`, (value) => options.find((option) => option === value.toLowerCase()));

const listOf = <T>(rule: string, readItem: (item: string) => T | undefined) =>
  variable(rule, (value) => {
    const items = value.split(',').map((item) => readItem(item.trim()));
    const read = items.filter((item) => item !== undefined);
    return read.length === items.length ? read : undefined;
  });

function readUrl(value: string, protocols: readonly string[]): URL | undefined {
  const url = URL.parse(value);
  return url !== null && protocols.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

function readOrigin(value: string): string | undefined {
  const url = readUrl(value, ['http:', 'https:']);
  const isOrigin = url?.href === `${url?.origin}/`;
  return url !== undefined && isOrigin ? url.origin : undefined;
}

function readSigningSecret(value: string): string | undefined {
  const bytes = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
  const length = bytes === undefined ? 0 : Buffer.from(bytes, 'base64').length;
  return length >= 24 && length <= 64 ? value : undefined;
}

function readEmbedOrigins(value: string): readonly string[] | undefined {
  if (value === '*' || value === 'none') return value === '*' ? ['*'] : [];
  const origins = value.split(',').map((item) => readOrigin(item.trim()));
  return origins.every((origin) => origin !== undefined) ? origins : undefined;
}

/** Of an address; `{channel}` stands for the name of a channel. */
function template(example: string) {
  return variable(`must be an http(s) address, with {channel} or without, for example ${example}`, (value) => {
    const url = readUrl(value.replaceAll('{channel}', 'channel'), ['http:', 'https:']);
    return url?.username === '' && url.hash === '' ? value : undefined;
  });
}

function readAnnouncedAddress(item: string): AnnouncedAddress | undefined {
  if (isIP(item) !== 0) return { address: item };
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(item) ?? [];
  const address = bracketed ?? plain ?? '';
  if (isIP(address) !== (bracketed === undefined ? 4 : 6)) return undefined;
  if (digits === undefined) return { address };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { address, port } : undefined;
}

/** Every variable and what it may be; none is required. */
export const variables = z.object({
  HOST: matching('must be an address or a host name, for example 0.0.0.0', /^[\w.:%-]+$/),
  PORT: wholeNumber(0, 65_535, 8080),
  MEDIA_PORT: wholeNumber(0, 65_535, 8189),
  MEDIA_THREADS: wholeNumber(1, 256, 2),
  MEDIA_SEND: oneOf(SEND_MODES),
  MAX_SESSIONS: wholeNumber(1, 1_000_000, 10_000),
  API_RATE_LIMIT: wholeNumber(1, 100_000_000, 3000),
  REDIRECT_WHIP: template('https://other.example.org/whip'),
  REDIRECT_WHEP: template('https://other.example.org/whep/{channel}'),
  REDIRECT_WHEN: oneOf(REDIRECT_WHEN),
  PUBLIC_URL: variable('must be an http(s) address without a path, for example https://live.example.org', readOrigin),
  EMBED_ORIGINS: variable(
    'must be *, none, or a comma list of origins, for example https://example.org,https://blog.example.org',
    readEmbedOrigins,
  ),
  ANNOUNCED_ADDRESS: listOf(
    'must be a comma list of IP or IP:port, for example 203.0.113.7 or 203.0.113.7:40000,[2001:db8::7]:40000',
    readAnnouncedAddress,
  ),
  DATA_DIR: variable('must be a folder, for example ./data', (value) => resolve(value)),
  DATABASE_URL: variable(
    'must be the address of a PostgreSQL server, for example postgresql://user:password@localhost:5432/freshet',
    (value) => readUrl(value, ['postgres:', 'postgresql:']) && value,
  ),
  ADMIN_TOKEN: matching('must have at least 32 characters and no space, as `openssl rand -hex 32` prints', /^\S{32,}$/),
  REGISTRATION: oneOf(REGISTRATION),
  TURN_URLS: listOf(
    'must be a comma list of TURN and STUN addresses, for example turn:turn.example.org:3478',
    (item) => (/^(turn|stun)s?:[^\s/]+$/.test(item) ? item : undefined),
  ),
  TURN_SECRET: nonEmpty("must be the server's static-auth-secret"),
  S3_ENDPOINT: variable('must be an http(s) address, for example https://s3.example.org', (value) =>
    readUrl(value, ['http:', 'https:'])?.href.replace(/\/$/, ''),
  ),
  S3_BUCKET: matching('must be the name of a bucket, for example freshet', /^[\w.-]+$/),
  S3_REGION: matching('must be the name of a region, for example us-east-1', /^[\w-]+$/),
  S3_ACCESS_KEY_ID: nonEmpty('must be an access key id'),
  S3_SECRET_ACCESS_KEY: nonEmpty('must be a secret access key'),
  RECORDINGS_DAYS: wholeNumber(1, 36_500, 30),
  RECORDINGS_MAX_GB: wholeNumber(1, 1_000_000, 500),
  RECORDINGS_RESERVE_GB: wholeNumber(0, 1_000_000, 1),
  FFMPEG_PATH: nonEmpty('must be the path of ffmpeg, for example /usr/bin/ffmpeg'),
  TRANSCODERS: wholeNumber(0, 8, 1),
  INTERNAL_URL: variable('must be an http(s) address without a path, for example http://10.0.0.5:8080', readOrigin),
  ANALYTICS_DAYS: wholeNumber(1, 3650, 30),
  WEBHOOK_ALLOW_PRIVATE: oneOf(['true', 'false']),
  AUTHORIZE_URL: variable(
    'must be an http(s) address, for example http://localhost:9000/authorize',
    (value) => readUrl(value, ['http:', 'https:'])?.href,
  ),
  AUTHORIZE_SECRET: variable(
    'must be `whsec_` and 24 to 64 bytes in base64, for example whsec_$(openssl rand -base64 32)',
    readSigningSecret,
  ),
  AUTHORIZE_ON_ERROR: oneOf(AUTHORIZE_ON_ERROR),
  SECRETS_KEY: matching('must have at least 32 characters and no space, as `openssl rand -hex 32` prints', /^\S{32,}$/),
  CHAT_DAYS: wholeNumber(1, 3650, 30),
  LIVE_DASH_WINDOW_SECONDS: wholeNumber(30, 86_400, 1800),
  LOG_LEVEL: oneOf(LOG_LEVELS),
});
