import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import type { Analytics } from '../analytics/analytics.ts';
import type { Channels } from '../channels/channels.ts';
import type { Moderators } from '../channels/moderators.ts';
import type { StreamKeys } from '../channels/stream-keys.ts';
import type { ViewerTokens } from '../channels/viewer-tokens.ts';
import type { BanBook } from '../chat/ban-book.ts';
import type { Chat } from '../chat/chat.ts';
import type { GuestPasses } from '../chat/guests.ts';
import type { ChatLinks } from '../chat/links.ts';
import type { Health } from '../health/health.ts';
import type { ChannelImages } from '../images/channel-images.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { LiveLadders } from '../renditions/live-ladders.ts';
import type { Renditions } from '../renditions/renditions.ts';
import type { Storage } from '../storage/ports.ts';
import type { StorageFigures } from '../storage/storage-figures.ts';
import type { StreamHistory } from '../streams/ports.ts';
import type { Probes } from '../streams/probes.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { Authorizer } from '../webhooks/authorizer.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { admission } from './admission.ts';
import { allowedMethods } from './allowed-methods.ts';
import { apiRoutes } from './api/api.ts';
import { docsPage } from './api/docs.ts';
import { documentOf } from './api/document.ts';
import { Auth } from './auth.ts';
import { ChatVisitors } from './chat-visitors.ts';
import { dashViewingRoutes } from './dash-viewings.ts';
import type { AppEnv } from './env.ts';
import { HttpError, problemResponse } from './errors.ts';
import { Gate } from './gate.ts';
import { type HealthChecks, healthRoutes } from './health.ts';
import type { TurnOptions } from './ice-servers.ts';
import { Limits } from './limits.ts';
import { liveDashRoutes } from './live-dash.ts';
import { liveMediaRoutes } from './live-media.ts';
import { countRequests, metricsRoutes } from './metrics.ts';
import { oEmbedRoutes } from './oembed.ts';
import { type PlayerLibrary, playerLibraryRoutes } from './player-library.ts';
import { recordingMediaRoutes } from './recording-media.ts';
import type { RedirectOptions } from './redirect.ts';
import { openToAllOrigins } from './signalling.ts';
import type { SiteHandler } from './site.ts';
import { timeRoutes } from './time.ts';
import { transcodingRoutes } from './transcoding.ts';
import { ViewerAccess } from './viewer-access.ts';
import { whepRoutes } from './whep.ts';
import { WhepChat } from './whep-chat.ts';
import { whipRoutes } from './whip.ts';

export interface AppOptions extends Accounts {
  readonly streams: StreamRegistry;
  readonly channels: Channels;
  readonly moderators: Moderators;
  readonly streamKeys: StreamKeys;
  readonly viewerTokens: ViewerTokens;
  readonly history: StreamHistory;
  readonly recordings: Recordings;
  readonly jobs: Jobs;
  readonly storage: Storage;
  readonly storageFigures: () => Promise<StorageFigures>;
  readonly renditions: Renditions;
  readonly ladders: LiveLadders;
  readonly images: ChannelImages;
  readonly analytics: Analytics;
  readonly health: Health;
  readonly probes: Probes;
  readonly webhooks: Webhooks;
  /** Asked before anybody publishes or watches, where there is one. */
  readonly authorizer?: Authorizer | undefined;
  readonly chat: Chat;
  readonly bans: BanBook;
  readonly guests: GuestPasses;
  readonly chatLinks: ChatLinks;
  readonly log: Logger;
  readonly checks?: HealthChecks;
  readonly metrics?: Metrics | undefined;
  readonly adminToken?: string | undefined;
  /** Set behind a proxy, which is then trusted to tell whom it speaks for. */
  readonly publicUrl?: URL | undefined;
  readonly turn?: TurnOptions | undefined;
  /** Where POSTs go that are not taken here; without it all are. */
  readonly redirect?: RedirectOptions | undefined;
  readonly site?: SiteHandler | undefined;
  readonly playerLibrary?: PlayerLibrary;
  readonly limits?: Limits;
}

/** Everything the server says over HTTP. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const { streams, streamKeys, log, metrics, adminToken, publicUrl, turn, site } = options;
  const { redirect = { when: 'full' } } = options;
  const { limits = new Limits({ isBehindProxy: publicUrl !== undefined }) } = options;
  const admit = admission(options.authorizer, publicUrl !== undefined);
  const auth = new Auth({ ...options, adminToken, publicUrl });
  const viewerAccess = new ViewerAccess(options.viewerTokens);
  const gate = new Gate({ ...options, auth, viewerAccess });
  const visitors = new ChatVisitors({ ...options, auth, gate, limits });
  const chat = new WhepChat({ streams, links: options.chatLinks, visitors });
  // A slash at the end of an address typed into an encoder makes no difference.
  const app = new Hono<AppEnv>({ strict: false });
  app.onError((error, c) => problemResponse(c, error, log));

  if (metrics) app.use(countRequests(metrics)).route('/', metricsRoutes(metrics, auth));
  app.use('/api/*', plainHeaders).use('/whip/*', plainHeaders).use('/whep/*', plainHeaders);
  app.route('/', healthRoutes(options.checks ?? {})).route('/time', timeRoutes());
  app.route('/whip', whipRoutes({ streams, streamKeys, limits, admit, turn, redirect, publicUrl, log }));
  app.route('/whep', whepRoutes({ streams, gate, chat, limits, admit, turn, redirect, publicUrl }));
  app.use('/oembed', plainHeaders).route('/oembed', oEmbedRoutes({ channels: options.channels, limits, publicUrl }));
  if (options.playerLibrary) app.route('/', playerLibraryRoutes(options.playerLibrary));
  // What everybody may read of a channel, players on pages of other sites may read too; never with a cookie.
  for (const path of READ_BY_PLAYERS) app.use(`/api/v1/channels/:slug${path}`, readByOthers);
  const api = apiRoutes({ ...options, auth, gate, viewerAccess, limits }, async (c) =>
    app.fetch(asRead(c.req.raw), { ...c.env, isPrecondition: true }),
  );
  app.route('/api/v1', api);
  app.use('/media/*', openToAllOrigins);
  app.route('/media/recordings', recordingMediaRoutes({ ...options, gate }));
  app
    .route('/media/live', liveMediaRoutes({ ...options, gate }))
    .route('/media/live', liveDashRoutes({ ...options, gate }))
    .route('/media/live', dashViewingRoutes({ ...options, gate, limits }));
  app.get(
    '/api/docs',
    docsPage(() => documentOf(api)),
  );

  app.use('/internal/*', plainHeaders).route('/internal/streams', transcodingRoutes(options.renditions));

  const methodsOf = allowedMethods(app);
  app.all('*', (c) => {
    const allowed = methodsOf(c.req.path);
    if (allowed.length > 0) return refuseMethod(allowed);
    const { incoming, outgoing } = c.env ?? {};
    if (!site || !incoming || !outgoing || /^\/(api|whip|whep|media|oembed|internal)(\/|$)/.test(c.req.path)) {
      throw new HttpError('not_found', 'There is nothing here.');
    }
    site(incoming, outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

const READ_BY_PLAYERS = ['', '/live', '/events'] as const;

const readByOthers = cors({ origin: '*', allowMethods: ['GET', 'HEAD'], allowHeaders: ['Authorization'] });

/** Nothing here is a page, whatever a browser may guess. */
const plainHeaders: MiddlewareHandler<AppEnv> = async (c: Context<AppEnv>, next) => {
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  c.header('Referrer-Policy', 'no-referrer');
  await next();
};

/** A GET of the same address by the same person. */
function asRead({ url, headers }: Request): Request {
  const kept = new Headers(headers);
  for (const name of ['content-type', 'content-length', 'transfer-encoding', 'if-match', 'if-none-match']) {
    kept.delete(name);
  }
  return new Request(url, { headers: kept });
}

function refuseMethod(allowed: readonly string[]): never {
  throw new HttpError('method_not_allowed', `This takes ${allowed.join(', ')}.`, {
    headers: { Allow: allowed.join(', ') },
  });
}
