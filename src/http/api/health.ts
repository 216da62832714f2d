import { z } from '@hono/zod-openapi';
import { EventStreams } from '../event-stream.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { text } from './schemas.ts';

const MAX_PATHS = 150;
const MAX_PADDING = 60_000;
/** Long enough to tell an event that came at once from one that came when all was over. */
const EVENTS_MS = 3_000;

const finding = z
  .object({
    subject: z.string(),
    level: z.enum(['ok', 'warning', 'fault']),
    found: z.string(),
    cure: z.string().optional(),
  })
  .openapi('Finding');
const findings = z.object({
  now: z.iso.datetime().openapi({ description: "The server's clock" }),
  findings: z.array(finding),
});

const path = z.object({
  kind: z.enum(['udp', 'tcp', 'relay']),
  port: z.int().min(0).max(65_535),
  addresses: z.array(text.max(60)).max(32),
  isConnected: z.boolean(),
  roundTripMs: z.number().min(0).optional(),
  hasRelayAddress: z.boolean().optional(),
  relayError: z.int().optional(),
});
const seen = z
  .object({
    origin: text.max(300),
    isSecureContext: z.boolean(),
    clockAheadMs: z.number(),
    firstEventMs: z.number().min(0).optional(),
    uploadStatus: z.int(),
    paths: z.array(path).max(MAX_PATHS),
  })
  .openapi('BrowserFacts');

const routes = {
  read: route({
    access: { who: 'owner', scope: 'admin', orLocal: true },
    method: 'get',
    path: '/health',
    summary: 'What the server finds about itself, in words; for its owner, and for whoever is on its machine',
    responses: { 200: answers(findings, 'Findings'), ...failure },
  }),
  judge: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'post',
    path: '/health/browser',
    summary: 'What is to be said of what a browser saw of this server',
    request: { body: jsonBody(seen) },
    responses: { 200: answers(findings, 'Findings'), ...failure },
  }),
  events: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'get',
    path: '/health/events',
    problems: ['too_many_feeds'],
    summary:
      'Server-sent events: one, `hello`, at once, and the end three seconds later. Comes it late, a proxy holds events back',
    responses: { 200: { description: 'An event stream', content: { 'text/event-stream': {} } }, ...failure },
  }),
  upload: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'post',
    path: '/health/upload',
    summary: 'Takes a long body and does nothing with it. A proxy may be shorter of patience',
    request: { body: jsonBody(z.object({ padding: z.string().max(MAX_PADDING) })) },
    responses: { 204: { description: 'It came' }, ...failure },
  }),
};

/** How the server is, for its owner. */
export function healthApiRoutes({ health, limits }: ApiDependencies) {
  const app = apiRouter();
  const feeds = new EventStreams(limits);

  app.openapi(routes.read, async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json({ now: new Date().toISOString(), findings: await health.findings() }, 200);
  });

  app.openapi(routes.judge, async (c) => {
    return c.json({ now: new Date().toISOString(), findings: await health.findingsOf(c.req.valid('json')) }, 200);
  });

  app.openapi(routes.events, async (c) => {
    return feeds.open(c, (latest) => {
      latest.push({ name: 'hello', data: {} });
      const timer = setTimeout(() => latest.close(), EVENTS_MS);
      return () => clearTimeout(timer);
    });
  });

  app.openapi(routes.upload, async (c) => {
    return c.body(null, 204);
  });

  return app;
}
