import { z } from '@hono/zod-openapi';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';

const bytes = z.int();

const storageSchema = z
  .object({
    place: z.string().openapi({ description: 'Where recordings and what is made of them are kept, in words' }),
    isBucket: z.boolean(),
    state: z.string().openapi({ description: '`ok`, or what is the matter, in a sentence' }),
    bytes: z.object({
      recordings: bytes,
      renditions: bytes.openapi({ description: 'Encoded anew, of recordings' }),
      live: bytes.openapi({ description: 'Of streams that are on, below DATA_DIR' }),
      images: bytes.openapi({ description: 'Avatars and posters' }),
      database: bytes.nullable(),
    }),
    waitingBytes: bytes.openapi({ description: 'Of recordings that have yet to go into the bucket' }),
    disk: z
      .object({ freeBytes: bytes, totalBytes: bytes })
      .nullable()
      .openapi({ description: 'The one of DATA_DIR; null where the system does not tell' }),
  })
  .openapi('Storage');

const routes = {
  read: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'get',
    path: '/storage',
    summary: 'How much is kept, of what, and how much more there is room for',
    responses: { 200: answers(storageSchema, 'As it is now'), ...failure },
  }),
};

export function storageRoutes({ storageFigures }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.read, async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(await storageFigures(), 200);
  });

  return app;
}
