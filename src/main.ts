/** The whole system: what is started, in which order, and stopped in reverse. */
import { join } from 'node:path';
import { openAccounts } from './accounts/accounts.ts';
import { serveAdmin } from './admin-server.ts';
import { Analytics } from './analytics/analytics.ts';
import { Retention } from './analytics/retention.ts';
import { backup } from './backup/backup.ts';
import { Channels } from './channels/channels.ts';
import { Moderators } from './channels/moderators.ts';
import { StreamKeys } from './channels/stream-keys.ts';
import { ViewerTokens } from './channels/viewer-tokens.ts';
import { BanBook } from './chat/ban-book.ts';
import { Chat } from './chat/chat.ts';
import { GuestPasses } from './chat/guests.ts';
import { ChatLinks } from './chat/links.ts';
import { ChatSweep } from './chat/sweep.ts';
import { TakenNames } from './chat/taken-names.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type Database, openDatabase } from './db/database.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { createApp } from './http/app.ts';
import { stateOf } from './http/health.ts';
import { Limits } from './http/limits.ts';
import { readPlayerLibrary } from './http/player-library.ts';
import { serveHttp } from './http/server.ts';
import { loadSite, type SiteHandler } from './http/site.ts';
import { ChannelImages } from './images/channel-images.ts';
import { Jobs } from './jobs/jobs.ts';
import { createLog, type Log } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { openRecordings } from './open-recordings.ts';
import { openLadders, openRenditions } from './open-renditions.ts';
import { ThumbnailJobs } from './renditions/thumbnail-jobs.ts';
import { openSecretBox, type SecretBox } from './secret-box.ts';
import { mintSecret } from './secrets.ts';
import { serverHealth } from './server-health.ts';
import { forgetFormerStreams, openStorage } from './storage/open-storage.ts';
import { storageFigures } from './storage/storage-figures.ts';
import { StorageWatch } from './storage/storage-watch.ts';
import { systemClock } from './streams/clock.ts';
import { endLeftOpen } from './streams/left-open.ts';
import { Probes } from './streams/probes.ts';
import { StreamRegistry } from './streams/registry.ts';
import { Transcoders } from './transcoders.ts';
import { MediaThreads } from './transport/media-plane.ts';
import { Authorizer } from './webhooks/authorizer.ts';
import { Deliverer } from './webhooks/deliverer.ts';
import { StreamNews } from './webhooks/stream-news.ts';
import { Webhooks } from './webhooks/webhooks.ts';

const STOP_MS = 9_000;
const NO_ROOM = 'the disk is full: nothing is recorded until there is room';

/** What was started, to be closed in reverse. */
type Closers = { readonly name: string; readonly close: () => Promise<void> }[];

async function start(config: Config, log: Log, metrics: Metrics, closers: Closers): Promise<void> {
  const database = await openDatabase({ config, log, meter: metrics.database });
  closers.push({ name: 'database', close: () => database.close() });
  const secrets = await openSecretBox({ dataDir: config.dataDir, given: config.secretsKey });
  const { webhooks, deliverer, witness } = openWebhooks({ config, database, secrets, log, metrics });
  const { sweep, ...chat } = openChat({ config, database, secrets, log, metrics });
  closers.push({ name: 'chat', close: () => sweep.close() });
  // A database of our own is ours alone. In a shared one others may be live: there the heartbeats tell, a little later.
  if (config.databaseUrl === undefined) await endLeftOpen({ store: database.streams, witness, log });

  await forgetFormerStreams(config.dataDir);
  const storage = await openStorage(config);
  const storageWatch = new StorageWatch({ storage, log });
  closers.push({ name: 'storage', close: async () => storageWatch.close() });
  void storageWatch.start();
  const ffmpeg = findFfmpeg(config.ffmpegPath);
  void ffmpeg.then((found) => log.info(found, 'ffmpeg looked for'));
  const { port, threads, announcedAddresses, send } = config.media;
  const media = await MediaThreads.start({ port, threads, announcedAddresses, send, log });
  closers.push({ name: 'media', close: () => media.close() });
  log.info({ ports: media.ports, send: media.sendMode }, 'media threads started');

  const { recordings, close: closeRecordings } = await openRecordings(config, { database, media, storage, log });
  closers.push({ name: 'recordings', close: closeRecordings });
  const kept = async () => (recordings.isFull ? NO_ROOM : storageWatch.state());
  const checks = {
    database: () => database.ping().then(() => true as const),
    media: async () => media.isHealthy || 'a media thread is being restarted',
    // Streams come and go without these: nobody is to be kept away for want of recordings or renditions.
    storage: { unneeded: kept },
    ffmpeg: { unneeded: async () => (await ffmpeg).problem ?? true },
  };
  const health = serverHealth({ config, media, ffmpeg, checks });
  const addresses = health.addresses();
  if (addresses.cure !== undefined) log.warn({ cure: addresses.cure }, addresses.found);

  const { renditions, demand, close: closeRenditions } = openRenditions({ media, log });
  closers.push({ name: 'renditions', close: closeRenditions });
  const grant = (streamId: string) => renditions.grant(streamId);
  const unreadMs = (streamId: string) => renditions.unreadMs(streamId);
  const ladders = openLadders(config, { demand, grant, unreadMs, database, storage, log });
  closers.push({ name: 'ladders', close: async () => ladders.close() });
  const thumbnailJobs = new ThumbnailJobs({ jobs: database.jobs, grant, log });
  const channels = new Channels({ store: database.channels });
  const chatLinks = new ChatLinks({
    ...chat,
    channel: (slug) => channels.bySlug(slug),
    send: (sessionIds, text) => media.sendText(sessionIds, text),
    failed: (error) => log.error({ err: error }, 'what a player said on his data channel failed'),
  });
  const streams = new StreamRegistry({
    media,
    store: database.streams,
    log,
    meter: metrics.sessions,
    witness,
    // The tokens of a stream are granted by `renditions`, which therefore hears of it first.
    sinks: [recordings, renditions, ladders, thumbnailJobs],
    renditions: demand,
    texts: chatLinks,
    maxSessions: config.maxSessions,
  });
  metrics.watch({
    media: () => media.reports(),
    streams: () => streams.totals(),
    database: () => database.report(),
  });
  const authorizer = config.authorize && new Authorizer({ ...config.authorize, log });
  closers.push({ name: 'authorizer', close: async () => authorizer?.close() });
  const accounts = openAccounts(database, { isOpen: config.registration === 'open' });
  const publicUrl = config.publicUrl === undefined ? undefined : new URL(config.publicUrl);
  // Who is given none has one that only this process, and `npm run admin`, ever know.
  const adminToken = config.adminToken ?? mintSecret('').secret;
  let site: SiteHandler | undefined;
  const app = createApp({
    streams,
    channels,
    moderators: new Moderators({ store: database.moderators, users: database.users }),
    streamKeys: new StreamKeys({ store: database.streamKeys }),
    viewerTokens: new ViewerTokens({ store: database.viewerTokens, keys: secrets }),
    ...accounts,
    history: database.streams,
    recordings,
    jobs: new Jobs({ store: database.jobs, renditions: database.renditions }),
    storage,
    storageFigures: () =>
      storageFigures({
        ...{ dataDir: config.dataDir, place: storage.name, isBucket: config.s3 !== undefined },
        state: () => stateOf(checks.storage.unneeded),
        kept: () => database.recordings.keptBytes(),
        databaseBytes: async () => (await database.report()).stored?.bytes,
      }),
    renditions,
    ladders,
    images: new ChannelImages({ channels, folder: join(config.dataDir, 'images'), log }),
    analytics: new Analytics({ store: database.analytics }),
    webhooks,
    authorizer,
    limits: new Limits({ isBehindProxy: publicUrl !== undefined, apiPerMinute: config.apiRateLimit }),
    ...chat,
    chatLinks,
    log,
    metrics,
    adminToken,
    publicUrl,
    turn: config.turn,
    redirect: config.redirect,
    checks,
    health,
    probes: new Probes({ media, clock: systemClock }),
    playerLibrary: await readPlayerLibrary(),
    site: (request, response) => site?.(request, response),
  });
  site = await loadSite({
    api: (request, bindings) => app.fetch(request, bindings),
    publicUrl,
    embedOrigins: config.embedOrigins,
  });
  const server = await serveHttp({ app, ...config.http });
  closers.push({ name: 'http', close: () => server.close() });
  // Before the connections over which it is told that they are over.
  closers.push({ name: 'streams', close: () => streams.close() });

  await deliverer.start();
  const retention = new Retention({ store: database.analytics, days: config.analyticsDays, log });
  closers.push({ name: 'retention', close: () => retention.close() });
  retention.start();
  sweep.start();
  const transcoders = Transcoders.start({
    config,
    environment: process.env,
    databaseUrl: database.url,
    serverUrl: config.internalUrl ?? `http://${localHost(server.host)}:${server.port}`,
    log,
    worked: (job) => metrics.jobs.worked(job),
  });
  closers.push({ name: 'transcoders', close: () => transcoders.close() });
  const url = publicUrl ?? new URL(`http://localhost:${server.port}`);
  const { dataDir } = config;
  const archive = () => backup({ dump: () => database.dump(), dataDir });
  const admin = await serveAdmin({
    app,
    adminToken,
    ...accounts,
    channels,
    streams,
    url,
    log,
    dataDir,
    backup: archive,
  });
  closers.push({ name: 'admin', close: () => admin.close() });
  log.info({ url: url.href }, 'listening');
  const token = await accounts.setUp.token();
  if (token !== undefined) log.info({ url: new URL(`/setup?token=${token}`, url).href }, 'set-up link');
}

interface RoomOptions {
  readonly config: Config;
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly log: Log;
  readonly metrics: Metrics;
}

function openWebhooks({ config, database, secrets, log, metrics }: RoomOptions) {
  const { webhooks: store, webhookDeliveries: deliveries } = database;
  const shared = { deliveries, isPrivateAllowed: config.webhookAllowPrivate };
  return {
    webhooks: new Webhooks({ ...shared, store, secrets }),
    deliverer: new Deliverer({ ...shared, webhooks: store, secrets, log, meter: metrics.webhooks }),
    witness: new StreamNews({ deliveries }),
  };
}

function openChat({ config, database, secrets, log }: RoomOptions) {
  const { chatMessages: messages, chatBans } = database;
  const now = Date.now;
  const bans = new BanBook({ store: chatBans, key: secrets.derive('chat addresses'), now });
  const names = new TakenNames({ accounts: messages, now });
  return {
    chat: new Chat({ messages, bans, names, now }),
    bans,
    guests: new GuestPasses({ key: secrets.derive('chat guests') }),
    sweep: new ChatSweep({ messages, bans: chatBans, days: config.chatDays, log, now }),
  };
}

/** Where a process on this machine reaches who listens on `host`. */
function localHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** The exit code: what can not be closed does not keep the rest open. */
async function closeAll(closers: Closers, log: Log): Promise<number> {
  let code = 0;
  for (const { name, close } of closers.reverse()) {
    await close().catch((error: unknown) => {
      code = 1;
      log.error({ err: error, part: name }, 'not closed');
    });
  }
  return code;
}

async function main(config: Config): Promise<void> {
  const metrics = new Metrics({ hasProcess: true });
  const onLine = (level: string) => metrics.log.written(level);
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY, onLine });
  const closers: Closers = [];
  const starting = start(config, log, metrics, closers);
  let isStopping = false;

  async function stop(signal: string): Promise<void> {
    // A terminal, and npm on its behalf, say it twice.
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    // What is half started can not be closed.
    await starting.catch(() => {});
    const code = await closeAll(closers, log);
    log.info('stopped');
    process.exit(code);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  try {
    await starting;
  } catch (error) {
    if (isStopping) return;
    log.fatal({ err: error }, 'not started');
    await closeAll(closers, log);
    process.exit(1);
  }
}

try {
  await main(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exit(1);
}
