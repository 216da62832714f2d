import { z } from '@hono/zod-openapi';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';

const MOST = 100;

const categoriesSchema = z.object({
  categories: z.array(
    z.object({ name: z.string().openapi({ description: 'As most of its channels write it' }), channels: z.int() }),
  ),
});

const routes = {
  list: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'get',
    path: '/categories',
    summary: `What public channels are found under, whatever the case: the ${MOST} of most channels`,
    responses: { 200: answers(categoriesSchema, 'The largest first'), ...failure },
  }),
};

export function categoryRoutes({ channels }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => c.json({ categories: [...(await channels.categories(MOST))] }, 200));

  return app;
}
