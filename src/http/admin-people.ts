import { z } from '@hono/zod-openapi';
import { type Context, Hono } from 'hono';
import type { Accounts } from '../accounts/accounts.ts';
import { AccountError } from '../accounts/errors.ts';
import type { Channels } from '../channels/channels.ts';
import { accountView, name, password, role } from './api/account-views.ts';
import { newChannel } from './api/channels.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { mayPublish } from './permissions.ts';

export interface AdminPeopleOptions extends Pick<Accounts, 'people' | 'users'> {
  readonly channels: Channels;
}

const newUser = z.strictObject({ name, password, role });
const newPassword = z.strictObject({ password });
const channelOf = newChannel.extend({ owner: name }).strict();

/** What only the server's own user may do: give accounts their passwords, and make channels for them. */
export function adminPeopleRoutes({ people, users, channels }: AdminPeopleOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.post('/users', async (c) => c.json(accountView(await people.add(await read(c, newUser))), 201));

  app.post('/users/:id/password', async (c) => {
    await people.setPassword(c.req.param('id'), (await read(c, newPassword)).password);
    return c.body(null, 204);
  });

  app.post('/channels', async (c) => {
    const { owner, ...draft } = await read(c, channelOf);
    const user = await users.byName(owner.trim());
    if (!user) throw new AccountError('no_user', 'There is no such account.');
    if (!mayPublish(user)) throw new HttpError('forbidden', `${user.name} is a viewer, who may not have channels.`);
    const { slug, title, visibility, createdAt } = await channels.create({ ...draft, ownerId: user.id });
    return c.json({ slug, title, visibility, createdAt }, 201);
  });

  return app;
}

async function read<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  const result = schema.safeParse(await c.req.json().catch(() => undefined));
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new HttpError('invalid_fields', `${first?.path.join('.')}: ${first?.message}`);
}
