import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
/** How packets are handed to the kernel; `auto` takes the fastest that passes the self-test. */
const SEND_MODES = ['auto', 'gso', 'sendmmsg', 'dgram'] as const;

const AUTHORIZE_ON_ERROR = ['refuse', 'allow'] as const;
const REGISTRATION = ['closed', 'open'] as const;
const REDIRECT_WHEN = ['full', 'always'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly http: { readonly host: string; readonly port: number };
  readonly media: {
    /** Of the first thread; thread k has `port + k`. 0 lets the system choose. */
    readonly port: number;
    readonly threads: number;
    /** Empty: the host's own addresses. `port`: the outside port of the first media thread, where it is mapped elsewhere. */
    readonly announcedAddresses: readonly { readonly address: string; readonly port?: number }[];
    readonly send: (typeof SEND_MODES)[number];
  };
  /** Publishers and viewers. */
  readonly maxSessions: number;
  /** Requests a minute, for each token, account or else address. */
  readonly apiRateLimit: number;
  /** Where POSTs to WHIP and WHEP go that are not taken here, as templates. */
  readonly redirect?: { readonly whip?: string; readonly whep?: string; readonly when: (typeof REDIRECT_WHEN)[number] };
  /** The sites whose pages may show the embedded player; `*` is all, none at all is nobody. */
  readonly embedOrigins: readonly string[];
  /** An origin, without a trailing slash. */
  readonly publicUrl?: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly adminToken?: string;
  /** Whether anybody may make a viewer's account, or the invited alone. */
  readonly registration: (typeof REGISTRATION)[number];
  readonly turn?: { readonly urls: readonly string[]; readonly secret: string };
  readonly s3?: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  readonly recordings: { readonly maxDays?: number; readonly maxBytes?: number; readonly reserveBytes: number };
  readonly ffmpegPath?: string;
  /** How many the server starts beside itself. */
  readonly transcoders: number;
  /** How far viewers of live DASH may go back. */
  readonly dashWindowSeconds: number;
  /** Where transcoders reach the server, without a slash at the end. */
  readonly internalUrl?: string;
  /** For how long viewers and samples of streams are kept one by one. */
  readonly analyticsDays: number;
  /** Whether webhooks may go to addresses of this machine and its network. */
  readonly webhookAllowPrivate: boolean;
  /** Who is asked before anybody publishes or watches; without an answer all are refused, or allowed. */
  readonly authorize?: {
    readonly url: string;
    readonly secret: string;
    readonly onError: (typeof AUTHORIZE_ON_ERROR)[number];
  };
  /** Encrypts what has to be read again; absent: a file in `dataDir` does. */
  readonly secretsKey?: string;
  /** How long chat messages are kept. */
  readonly chatDays: number;
  readonly logLevel: LogLevel;
}

/** Its message names every variable that is wrong, and never a value: some are secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration is wrong:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

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

function readAnnouncedAddress(item: string): Config['media']['announcedAddresses'][number] | undefined {
  if (isIP(item) !== 0) return { address: item };
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(item) ?? [];
  const address = bracketed ?? plain ?? '';
  if (isIP(address) !== (bracketed === undefined ? 4 : 6)) return undefined;
  if (digits === undefined) return { address };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { address, port } : undefined;
}

const GB = 1e9;
/** The database is on the same disk as a rule, and stands still without room. */
const DEFAULT_RESERVE_GB = 1;

const schema = z.object({
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
  RECORDINGS_RESERVE_GB: wholeNumber(0, 1_000_000, DEFAULT_RESERVE_GB),
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

type Name = keyof typeof schema.shape;

const GROUPS: readonly (readonly Name[])[] = [
  ['TURN_URLS', 'TURN_SECRET'],
  ['AUTHORIZE_URL', 'AUTHORIZE_SECRET'],
  ['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
];

const DEFAULT_PORT = 8080;
const DEFAULT_MAX_SESSIONS = 10_000;
const DEFAULT_API_RATE_LIMIT = 3_000;
const DEFAULT_ANALYTICS_DAYS = 30;
const DEFAULT_CHAT_DAYS = 30;
/** Some 300 MB a stream, 700 where it has a rung of 720 lines. */
const DEFAULT_DASH_WINDOW_SECONDS = 1_800;
const DEFAULT_MEDIA_PORT = 8189;
const DEFAULT_TRANSCODERS = 1;

/** One media thread a core, and one core for everything else. */
const defaultThreads = () => Math.max(1, availableParallelism() - 1);

/** What no variable shows alone. Takes the raw values, so that it can speak beside the problems of single ones. */
function problemsBetween(env: Environment): string[] {
  const problems = GROUPS.flatMap((group) => {
    const missing = group.filter((name) => env[name] === undefined);
    if (missing.length === 0 || missing.length === group.length) return [];
    return [`${missing.join(', ')}: missing; set all of ${group.join(', ')}, or none`];
  });
  if (env['AUTHORIZE_ON_ERROR'] !== undefined && env['AUTHORIZE_URL'] === undefined) {
    problems.push('AUTHORIZE_ON_ERROR: says nothing without AUTHORIZE_URL');
  }
  if (env['REDIRECT_WHEN'] !== undefined && env['REDIRECT_WHIP'] === undefined && env['REDIRECT_WHEP'] === undefined) {
    problems.push('REDIRECT_WHEN: says nothing without REDIRECT_WHIP or REDIRECT_WHEP');
  }
  const port = Number(env['MEDIA_PORT'] ?? DEFAULT_MEDIA_PORT);
  const threads = Number(env['MEDIA_THREADS'] ?? defaultThreads());
  if (port <= 65_535 && threads <= 256 && port + threads - 1 > 65_535) {
    problems.push(
      `MEDIA_PORT: must leave room for ${threads} media threads up to port 65535, for example ${DEFAULT_MEDIA_PORT}`,
    );
  }
  const http = Number(env['PORT'] ?? DEFAULT_PORT);
  if (port > 0 && http >= port && http < port + threads) {
    problems.push(
      'PORT: must not be one of the media ports, which are MEDIA_PORT and one more for each further thread',
    );
  }
  return problems;
}

/** Reads the whole configuration. Throws a `ConfigError` that tells every problem at once. */
export function readConfig(environment: Environment): Config {
  const isSet = ([, value]: [string, string | undefined]) => value !== undefined && value.trim() !== '';
  const env: Environment = Object.fromEntries(
    Object.entries(environment)
      .filter(isSet)
      .map(([name, value]) => [name, value?.trim()]),
  );
  const parsed = schema.safeParse(env);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...problemsBetween(env),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return grouped(parsed.data);
}

function grouped(env: z.output<typeof schema>): Config {
  return {
    http: { host: env.HOST ?? '0.0.0.0', port: env.PORT ?? DEFAULT_PORT },
    media: {
      port: env.MEDIA_PORT ?? DEFAULT_MEDIA_PORT,
      threads: env.MEDIA_THREADS ?? defaultThreads(),
      announcedAddresses: env.ANNOUNCED_ADDRESS ?? [],
      send: env.MEDIA_SEND ?? 'auto',
    },
    maxSessions: env.MAX_SESSIONS ?? DEFAULT_MAX_SESSIONS,
    apiRateLimit: env.API_RATE_LIMIT ?? DEFAULT_API_RATE_LIMIT,
    embedOrigins: env.EMBED_ORIGINS ?? ['*'],
    dataDir: env.DATA_DIR ?? resolve('data'),
    recordings: recordingsOf(env),
    dashWindowSeconds: env.LIVE_DASH_WINDOW_SECONDS ?? DEFAULT_DASH_WINDOW_SECONDS,
    transcoders: env.TRANSCODERS ?? DEFAULT_TRANSCODERS,
    analyticsDays: env.ANALYTICS_DAYS ?? DEFAULT_ANALYTICS_DAYS,
    webhookAllowPrivate: env.WEBHOOK_ALLOW_PRIVATE === 'true',
    registration: env.REGISTRATION ?? 'closed',
    chatDays: env.CHAT_DAYS ?? DEFAULT_CHAT_DAYS,
    logLevel: env.LOG_LEVEL ?? 'info',
    ...(env.PUBLIC_URL !== undefined && { publicUrl: env.PUBLIC_URL }),
    ...(env.DATABASE_URL !== undefined && { databaseUrl: env.DATABASE_URL }),
    ...(env.ADMIN_TOKEN !== undefined && { adminToken: env.ADMIN_TOKEN }),
    ...(env.SECRETS_KEY !== undefined && { secretsKey: env.SECRETS_KEY }),
    ...(env.FFMPEG_PATH !== undefined && { ffmpegPath: env.FFMPEG_PATH }),
    ...(env.INTERNAL_URL !== undefined && { internalUrl: env.INTERNAL_URL }),
    ...(env.TURN_URLS !== undefined &&
      env.TURN_SECRET !== undefined && { turn: { urls: env.TURN_URLS, secret: env.TURN_SECRET } }),
    ...authorizeOf(env),
    ...redirectOf(env),
    ...s3Of(env),
  };
}

function authorizeOf({
  AUTHORIZE_URL: url,
  AUTHORIZE_SECRET: secret,
  AUTHORIZE_ON_ERROR: onError = 'refuse',
}: z.output<typeof schema>): Pick<Config, 'authorize'> {
  return url !== undefined && secret !== undefined ? { authorize: { url, secret, onError } } : {};
}

function recordingsOf(env: z.output<typeof schema>): Config['recordings'] {
  const { RECORDINGS_DAYS: maxDays, RECORDINGS_MAX_GB: maxGb, RECORDINGS_RESERVE_GB: reserveGb } = env;
  return {
    reserveBytes: (reserveGb ?? DEFAULT_RESERVE_GB) * GB,
    ...(maxDays !== undefined && { maxDays }),
    ...(maxGb !== undefined && { maxBytes: maxGb * GB }),
  };
}

function redirectOf({
  REDIRECT_WHIP: whip,
  REDIRECT_WHEP: whep,
  REDIRECT_WHEN: when = 'full',
}: z.output<typeof schema>): Pick<Config, 'redirect'> {
  if (whip === undefined && whep === undefined) return {};
  return { redirect: { when, ...(whip !== undefined && { whip }), ...(whep !== undefined && { whep }) } };
}

function s3Of(env: z.output<typeof schema>): Pick<Config, 's3'> {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = env;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const isComplete = endpoint && bucket && region && accessKeyId && secretAccessKey;
  return isComplete ? { s3: { endpoint, bucket, region, accessKeyId, secretAccessKey } } : {};
}
