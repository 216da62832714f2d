import type { Context, MiddlewareHandler } from 'hono';
import { except } from 'hono/combine';
import { limitBody } from '../body-limit.ts';
import type { AppEnv } from '../env.ts';
import { HttpError } from '../errors.ts';
import { accessRoutes } from './access.ts';
import { accountRoutes } from './account.ts';
import { allTokenRoutes } from './all-tokens.ts';
import { analyticsRoutes } from './analytics.ts';
import { banRoutes } from './bans.ts';
import { categoryRoutes } from './categories.ts';
import { channelRoutes } from './channels.ts';
import { chatRoutes } from './chat.ts';
import type { ApiDependencies } from './dependencies.ts';
import { apiRouter } from './describe.ts';
import { documentOf } from './document.ts';
import { fairShare } from './fair-share.ts';
import { healthApiRoutes } from './health.ts';
import { idempotentDelete } from './idempotent-delete.ts';
import { imageBody, imageRoutes, imageSent } from './images.ts';
import { inviteRoutes } from './invites.ts';
import { jobRoutes } from './jobs.ts';
import { liveRoutes } from './live.ts';
import { loginRoutes } from './logins.ts';
import { meRoutes } from './me.ts';
import { moderatorRoutes } from './moderators.ts';
import { preconditions } from './preconditions.ts';
import { reachabilityRoutes } from './reachability.ts';
import { recordingRoutes } from './recordings.ts';
import { storageRoutes } from './storage.ts';
import { streamKeyRoutes } from './stream-keys.ts';
import { streamRoutes } from './streams.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { viewerTokenRoutes } from './viewer-tokens.ts';
import { webhookRoutes } from './webhooks.ts';

const MAX_BODY_BYTES = 64 * 1024;

const ALL_ROUTES = [
  accountRoutes,
  meRoutes,
  loginRoutes,
  userRoutes,
  inviteRoutes,
  channelRoutes,
  categoryRoutes,
  imageRoutes,
  moderatorRoutes,
  streamKeyRoutes,
  viewerTokenRoutes,
  accessRoutes,
  liveRoutes,
  streamRoutes,
  recordingRoutes,
  jobRoutes,
  analyticsRoutes,
  tokenRoutes,
  allTokenRoutes,
  healthApiRoutes,
  reachabilityRoutes,
  storageRoutes,
  webhookRoutes,
  chatRoutes,
  banRoutes,
];

/** The REST API, as its own description at `/openapi.json` tells. `read`: the same address by GET. */
export function apiRoutes(dependencies: ApiDependencies, read: (c: Context<AppEnv>) => Promise<Response>) {
  const { auth, gate, limits } = dependencies;
  const app = apiRouter();
  app.use(async (c, next) => {
    c.set('gate', gate);
    await next();
  });
  app.use(fairShare(auth, limits));
  app.use(auth.sameOrigin);
  app.use(
    except((c) => imageSent(c) !== undefined, limitBody(MAX_BODY_BYTES), jsonOnly),
    imageBody(auth),
  );
  app.use(preconditions(read), idempotentDelete);
  for (const routes of ALL_ROUTES) app.route('/', routes(dependencies));
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'freshet_session',
  });
  app.get('/openapi.json', (c) => c.json(documentOf(app)));
  return app;
}

/** A form or plain text needs no preflight to be sent from another site, so neither is taken. */
const jsonOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json' && c.req.raw.body !== null) {
    throw new HttpError('bad_content_type', 'The content type must be application/json.');
  }
  await next();
};
