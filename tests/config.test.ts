import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const TOKEN = 'a'.repeat(32);
const TURN = {
  TURN_URLS: 'turn:turn.example.org:3478?transport=udp, turns:turn.example.org, stun:stun.example.org',
  TURN_SECRET: 's3cret',
};
const S3 = {
  S3_ENDPOINT: 'https://s3.example.org/',
  S3_BUCKET: 'freshet',
  S3_REGION: 'us-east-1',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 's3cret',
};

function problems(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

test('without any variable everything has its default, and nothing optional is there', () => {
  expect(readConfig({})).toEqual({
    http: { host: '0.0.0.0', port: 8080 },
    media: { port: 8189, threads: Math.max(1, availableParallelism() - 1), announcedAddresses: [], send: 'auto' },
    maxSessions: 10_000,
    embedOrigins: ['*'],
    dataDir: resolve('data'),
    apiRateLimit: 3000,
    recordings: { reserveBytes: 1e9 },
    transcoders: 1,
    analyticsDays: 30,
    webhookAllowPrivate: false,
    registration: 'closed',
    chatDays: 30,
    dashWindowSeconds: 1_800,
    logLevel: 'info',
  });
});

test('every variable is read into its place', () => {
  const env = {
    HOST: '::1',
    PORT: '80',
    MEDIA_PORT: '9000',
    MEDIA_THREADS: '4',
    MEDIA_SEND: 'GSO',
    MAX_SESSIONS: '500',
    API_RATE_LIMIT: '60000',
    REDIRECT_WHIP: 'https://in.example.org/whip',
    REDIRECT_WHEP: 'https://{channel}.example.org/whep/{channel}?a=b',
    REDIRECT_WHEN: 'Always',
    EMBED_ORIGINS: 'https://example.org/, http://localhost:3000',
    PUBLIC_URL: 'https://live.example.org/',
    ANNOUNCED_ADDRESS: '203.0.113.7, 203.0.113.8:40000,2001:db8::7,[2001:db8::8]:40001,[2001:db8::9]',
    DATA_DIR: '/var/lib/freshet',
    DATABASE_URL: 'postgresql://user:pass@db:5432/freshet?sslmode=require',
    ADMIN_TOKEN: TOKEN,
    REGISTRATION: 'Open',
    FFMPEG_PATH: '/usr/bin/ffmpeg',
    TRANSCODERS: '2',
    INTERNAL_URL: 'http://10.0.0.5:8080/',
    RECORDINGS_DAYS: '14',
    RECORDINGS_MAX_GB: '200',
    RECORDINGS_RESERVE_GB: '5',
    ANALYTICS_DAYS: '90',
    WEBHOOK_ALLOW_PRIVATE: 'true',
    SECRETS_KEY: 'k'.repeat(32),
    CHAT_DAYS: '7',
    LIVE_DASH_WINDOW_SECONDS: '3600',
    LOG_LEVEL: 'DEBUG',
    ...TURN,
    ...S3,
  };
  expect(readConfig(env)).toEqual({
    http: { host: '::1', port: 80 },
    media: {
      port: 9000,
      threads: 4,
      announcedAddresses: [
        { address: '203.0.113.7' },
        { address: '203.0.113.8', port: 40_000 },
        { address: '2001:db8::7' },
        { address: '2001:db8::8', port: 40_001 },
        { address: '2001:db8::9' },
      ],
      send: 'gso',
    },
    maxSessions: 500,
    embedOrigins: ['https://example.org', 'http://localhost:3000'],
    redirect: {
      whip: 'https://in.example.org/whip',
      whep: 'https://{channel}.example.org/whep/{channel}?a=b',
      when: 'always',
    },
    publicUrl: 'https://live.example.org',
    dataDir: '/var/lib/freshet',
    databaseUrl: 'postgresql://user:pass@db:5432/freshet?sslmode=require',
    adminToken: TOKEN,
    registration: 'open',
    turn: {
      urls: ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org', 'stun:stun.example.org'],
      secret: 's3cret',
    },
    s3: {
      endpoint: 'https://s3.example.org',
      bucket: 'freshet',
      region: 'us-east-1',
      accessKeyId: 'id',
      secretAccessKey: 's3cret',
    },
    ffmpegPath: '/usr/bin/ffmpeg',
    transcoders: 2,
    internalUrl: 'http://10.0.0.5:8080',
    apiRateLimit: 60_000,
    recordings: { maxDays: 14, maxBytes: 200e9, reserveBytes: 5e9 },
    analyticsDays: 90,
    webhookAllowPrivate: true,
    secretsKey: 'k'.repeat(32),
    chatDays: 7,
    dashWindowSeconds: 3_600,
    logLevel: 'debug',
  });
});

test('an empty or blank variable counts as none, and spaces around a value do not matter', () => {
  expect(readConfig({ PORT: '', ADMIN_TOKEN: '  ', S3_BUCKET: '', LOG_LEVEL: ' warn ' })).toEqual({
    ...readConfig({}),
    logLevel: 'warn',
  });
});

test('port 0 is taken: the system chooses', () => {
  const config = readConfig({ PORT: '0', MEDIA_PORT: '0' });
  expect([config.http.port, config.media.port]).toEqual([0, 0]);
});

test('every problem is told at once, each with an example', () => {
  const found = problems({
    PORT: 'http',
    LOG_LEVEL: 'loud',
    ADMIN_TOKEN: 'short',
    TURN_SECRET: 's3cret',
    REDIRECT_WHEN: 'always',
    AUTHORIZE_ON_ERROR: 'allow',
    MEDIA_PORT: '65535',
    MEDIA_THREADS: '2',
  });
  expect(found).toEqual([
    'PORT: must be a whole number from 0 to 65535, for example 8080',
    'ADMIN_TOKEN: must have at least 32 characters and no space, as `openssl rand -hex 32` prints',
    'LOG_LEVEL: must be one of silent, fatal, error, warn, info, debug, trace',
    'TURN_URLS: missing; set all of TURN_URLS, TURN_SECRET, or none',
    'AUTHORIZE_ON_ERROR: says nothing without AUTHORIZE_URL',
    'REDIRECT_WHEN: says nothing without REDIRECT_WHIP or REDIRECT_WHEP',
    'MEDIA_PORT: must leave room for 2 media threads up to port 65535, for example 8189',
  ]);
});

test.each([
  ['8189', '8189', '1', 1],
  ['8190', '8189', '2', 1],
  ['8190', '8189', '1', 0],
  ['0', '0', '1', 0],
])('PORT %s beside MEDIA_PORT %s and %s threads: %i problems', (http, media, threads, count) => {
  const found = problems({ PORT: http, MEDIA_PORT: media, MEDIA_THREADS: threads });
  expect(found.filter((problem) => problem.startsWith('PORT: must not be one of the media ports'))).toHaveLength(count);
});

test('a message never repeats a value, for it may be a secret', () => {
  const secret = 'hunter2 hunter2';
  const names = ['ADMIN_TOKEN', 'DATABASE_URL', 'TURN_URLS', 'S3_BUCKET', 'PORT', 'PUBLIC_URL', 'ANNOUNCED_ADDRESS'];
  const found = problems(Object.fromEntries(names.map((name) => [name, secret])));
  for (const name of names) expect(found.some((problem) => problem.startsWith(name))).toBe(true);
  expect(found.join('\n')).not.toContain('hunter2');
});

test.each([
  { PORT: '65536' },
  { PORT: '-1' },
  { PORT: '80.5' },
  { PORT: '0x50' },
  { PORT: '1e3' },
  { MEDIA_THREADS: '0' },
  { MEDIA_THREADS: '257' },
  { MEDIA_SEND: 'tcp' },
  { HOST: 'a host' },
  { MAX_SESSIONS: '0' },
  { AUTHORIZE_URL: 'localhost:9000', AUTHORIZE_SECRET: `whsec_${'A'.repeat(43)}=` },
  { AUTHORIZE_URL: 'http://localhost:9000', AUTHORIZE_SECRET: 'whsec_short' },
  { AUTHORIZE_URL: 'http://localhost:9000', AUTHORIZE_SECRET: 'A'.repeat(43) },
  { REDIRECT_WHIP: '/whip' },
  { REDIRECT_WHEP: 'https://user:pass@example.org/whep/{channel}' },
  { REDIRECT_WHEP: 'https://example.org/whep/{channel}#here' },
  { PUBLIC_URL: 'live.example.org' },
  { PUBLIC_URL: 'ftp://live.example.org' },
  { PUBLIC_URL: 'https://live.example.org/path' },
  { PUBLIC_URL: 'https://user:pass@live.example.org' },
  { PUBLIC_URL: 'https://live.example.org?x' },
  { ANNOUNCED_ADDRESS: 'live.example.org' },
  { ANNOUNCED_ADDRESS: '203.0.113.7:0' },
  { ANNOUNCED_ADDRESS: '203.0.113.7:65536' },
  { ANNOUNCED_ADDRESS: '[203.0.113.7]:80' },
  { ANNOUNCED_ADDRESS: '203.0.113.7,' },
  { DATABASE_URL: 'mysql://localhost/freshet' },
  { ADMIN_TOKEN: `${TOKEN} ${TOKEN}` },
  { ...TURN, TURN_URLS: 'turn.example.org' },
  { ...TURN, TURN_URLS: '' },
  { ...S3, S3_REGION: '' },
  { ...S3, S3_ENDPOINT: 's3.example.org' },
])('%o is refused with one problem', (env) => {
  expect(problems(env)).toHaveLength(1);
});

test('all pages, some or none may show the embedded player', () => {
  expect(readConfig({ EMBED_ORIGINS: '*' }).embedOrigins).toEqual(['*']);
  expect(readConfig({ EMBED_ORIGINS: 'none' }).embedOrigins).toEqual([]);
  expect(problems({ EMBED_ORIGINS: 'https://example.org/page' })[0]).toMatch(/^EMBED_ORIGINS: must be \*, none/);
});
