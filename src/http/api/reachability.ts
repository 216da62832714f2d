import { z } from '@hono/zod-openapi';
import { iceServers } from '../ice-servers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';

const MAX_OFFER = 60_000;

const targets = z.object({
  threads: z
    .array(z.object({ thread: z.int(), port: z.int() }))
    .openapi({ description: 'The media threads, each with the port that its candidates name' }),
  iceServers: z.array(
    z.object({ urls: z.string(), username: z.string().optional(), credential: z.string().optional() }),
  ),
});

const routes = {
  targets: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'get',
    path: '/reachability',
    summary: 'What can be tried, and by which relays',
    responses: { 200: answers(targets, 'Media threads and ICE servers'), ...failure },
  }),
  open: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'post',
    path: '/reachability',
    problems: ['bad_offer', 'unsupported_offer', 'at_capacity', 'interrupted'],
    summary: 'Opens a session that carries nothing, to see whether ICE and DTLS come up; it ends after 20 s by itself',
    request: {
      body: jsonBody(
        z.object({
          thread: z.int().min(0),
          offer: z.string().max(MAX_OFFER).openapi({ description: 'SDP, as for WHEP' }),
        }),
      ),
    },
    responses: { 201: answers(z.object({ id: z.string(), answer: z.string() }), 'Answered'), ...failure },
  }),
  close: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'delete',
    path: '/reachability/{id}',
    request: { params: z.object({ id: z.string().max(60) }) },
    responses: { 204: { description: 'Over' }, ...failure },
  }),
};

/** Whether media gets through, for the owner to try. */
export function reachabilityRoutes({ probes, turn }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.targets, async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json({ threads: [...probes.targets()], iceServers: turn ? iceServers(turn) : [] }, 200);
  });

  app.openapi(routes.open, async (c) => {
    return c.json(await probes.open(c.req.valid('json')), 201);
  });

  app.openapi(routes.close, async (c) => {
    await probes.close(c.req.valid('param').id);
    return c.body(null, 204);
  });

  return app;
}
