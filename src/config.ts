import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { z } from 'zod';
import {
  type AnnouncedAddress,
  type AUTHORIZE_ON_ERROR,
  type LOG_LEVELS,
  type REDIRECT_WHEN,
  type REGISTRATION,
  type SEND_MODES,
  variables,
} from './config-variables.ts';

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly http: { readonly host: string; readonly port: number };
  readonly media: {
    /** Of the first thread; thread k has `port + k`. 0 lets the system choose. */
    readonly port: number;
    readonly threads: number;
    /** Empty: the host's own addresses. */
    readonly announcedAddresses: readonly AnnouncedAddress[];
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

export const GB = 1e9;
/** The database is on the same disk as a rule, and stands still without room. */
const DEFAULT_RESERVE_GB = 1;

type Name = keyof typeof variables.shape;

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
  const parsed = variables.safeParse(env);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...problemsBetween(env),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return grouped(parsed.data);
}

function grouped(env: z.output<typeof variables>): Config {
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
}: z.output<typeof variables>): Pick<Config, 'authorize'> {
  return url !== undefined && secret !== undefined ? { authorize: { url, secret, onError } } : {};
}

function recordingsOf(env: z.output<typeof variables>): Config['recordings'] {
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
}: z.output<typeof variables>): Pick<Config, 'redirect'> {
  if (whip === undefined && whep === undefined) return {};
  return { redirect: { when, ...(whip !== undefined && { whip }), ...(whep !== undefined && { whep }) } };
}

function s3Of(env: z.output<typeof variables>): Pick<Config, 's3'> {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = env;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const isComplete = endpoint && bucket && region && accessKeyId && secretAccessKey;
  return isComplete ? { s3: { endpoint, bucket, region, accessKeyId, secretAccessKey } } : {};
}
