import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Channel, ChannelQuery } from '../../channels/ports.ts';
import { MAX_TAGS, tagOf } from '../../channels/tags.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { channelSchema, channelView, chatMode, slugParam, text, visibility } from './schemas.ts';

const title = text.trim().min(1).max(120);
const description = text.trim().max(4000);
const category = text.trim().max(60);
const tag = text.max(100).transform((given, context) => {
  const found = tagOf(given);
  if (found !== undefined) return found;
  context.addIssue('must have 2 to 24 letters, digits or hyphens');
  return z.NEVER;
});
const tags = z
  .array(tag)
  .max(MAX_TAGS)
  .transform((given) => [...new Set(given)])
  .openapi({ description: 'Of letters, digits and hyphens in any script; kept in small letters, spaces as hyphens' });
const acceptsWaitingViewers = z.boolean().openapi({
  description: 'WHEP players may come before there is a stream, and stay for the next one; else they are answered 409',
});
const isRecorded = z
  .boolean()
  .openapi({ description: 'Its streams are kept, as they come, for as long as there is room' });
const isAdaptive = z.boolean().openapi({
  description: 'Smaller pictures are made of its streams while somebody needs them: as layers, and as DASH',
});
const makesRenditions = z.boolean().openapi({
  description: 'Its recordings are encoded in several sizes as soon as they have ended; else when somebody asks',
});
const slowModeSeconds = z
  .int()
  .min(0)
  .max(300)
  .openapi({ description: 'How long one person waits between two chat messages; 0: not at all' });
const chatLinks = z.boolean().openapi({ description: 'Whether addresses in chat messages are shown as links' });
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const newChannel = z.object({
  slug: z.string().openapi({ description: '3 to 40 of a-z, 0-9 and hyphen; some are reserved' }),
  title,
  description: description.default(''),
  category: category.default(''),
  tags: tags.default([]),
  visibility: visibility.default('public'),
  acceptsWaitingViewers: acceptsWaitingViewers.default(false),
  isRecorded: isRecorded.default(false),
  isAdaptive: isAdaptive.default(false),
  makesRenditions: makesRenditions.default(false),
  chat: chatMode.default('everyone'),
  slowModeSeconds: slowModeSeconds.default(0),
  chatLinks: chatLinks.default(false),
});
const chatSettings = { chat: chatMode, slowModeSeconds, chatLinks };
const change = z
  .object({
    title,
    description,
    category,
    tags,
    visibility,
    acceptsWaitingViewers,
    isRecorded,
    isAdaptive,
    makesRenditions,
    ...chatSettings,
  })
  .partial();
const query = pageQuery.extend({
  live: flag.optional(),
  mine: flag.optional(),
  all: flag.optional().openapi({ description: "Unlisted and private ones too, of everybody: for the server's owner" }),
  q: text.max(100).optional().openapi({ description: 'Found in slug or title, or a whole tag' }),
  category: category.optional().openapi({ description: 'Of this category alone, whatever the case' }),
  tag: tag.optional(),
});

const routes = {
  list: route({
    access: { who: 'anyone', scope: 'read' },
    method: 'get',
    path: '/channels',
    problems: ['not_set_up', 'forbidden'],
    summary: 'Public channels; with `mine` those of the account, with `all` every one',
    request: { query },
    responses: { 200: answers(pageOf(channelSchema), 'A page of channels, newest first'), ...failure },
  }),
  create: route({
    access: { who: 'publisher', scope: 'channels' },
    method: 'post',
    path: '/channels',
    problems: ['bad_slug', 'slug_taken'],
    request: { body: jsonBody(newChannel) },
    responses: { 201: answers(channelSchema, 'Made'), ...failure },
  }),
  read: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}',
    request: { params: slugParam },
    responses: { 200: answers(channelSchema, 'The channel'), ...failure },
  }),
  update: route({
    access: { who: 'manager', scope: 'channels' },
    method: 'patch',
    path: '/channels/{slug}',
    request: { params: slugParam, body: jsonBody(change) },
    responses: { 200: answers(channelSchema, 'Changed'), ...failure },
  }),
  remove: route({
    access: { who: 'manager', scope: 'channels' },
    method: 'delete',
    path: '/channels/{slug}',
    summary: 'Ends the stream, and forgets the channel with its keys and history',
    request: { params: slugParam },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
};

export function channelRoutes({
  gate,
  channels,
  viewerTokens,
  streams,
  recordings,
  images,
  history,
  chat,
}: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor, live, mine, all, q, category: inCategory, tag: tagged } = c.req.valid('query');
    const rows = await channels.list({
      limit: limit + 1,
      ...(await scope(c, { isMine: mine === true, isAll: all === true })),
      ...(cursor !== undefined && { after: cursor }),
      ...(q !== undefined && q !== '' && { text: q }),
      ...(inCategory && { category: inCategory }),
      ...(tagged !== undefined && { tag: tagged }),
      ...(live === true && { ids: streams.liveChannelIds() }),
    });
    const ends = await history.lastEnds(rows.map(({ id }) => id));
    const view = (channel: Channel) => channelView(channel, streams.live(channel.id), ends.get(channel.id));
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { id: ownerId } = c.var.granted.account;
    const channel = await channels.create({ ...c.req.valid('json'), ownerId });
    return c.json(channelView(channel, streams.live(channel.id)), 201, {
      Location: `/api/v1/channels/${channel.slug}`,
    });
  });

  app.openapi(routes.read, async (c) => {
    const { channel } = c.var.granted;
    return c.json(await view(channel), 200);
  });

  app.openapi(routes.update, async (c) => {
    const { channel } = c.var.granted;
    const given = Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined);
    const updated = await channels.update(channel, Object.fromEntries(given));
    streams.channelChanged(updated);
    if (updated.visibility === 'private') streams.passes.end(channel.id, 'made_private');
    if (given.some(([name]) => name in chatSettings)) chat.channelChanged(updated);
    return c.json(await view(updated), 200);
  });

  app.openapi(routes.remove, async (c) => {
    const { channel } = c.var.granted;
    const kept = await recordings.idsOf(channel.id);
    const tokens = await viewerTokens.revokeAll(channel.id);
    // The keys go first: an encoder that was stopped comes back within a moment.
    await channels.delete(channel);
    streams.channelChanged({ ...channel, acceptsWaitingViewers: false });
    streams.stop(channel.id);
    for (const id of kept) await recordings.delete(id);
    await images.forget(channel);
    for (const pass of [channel.id, ...tokens]) streams.passes.end(pass, 'stopped');
    return c.body(null, 204);
  });

  async function view(channel: Channel) {
    return channelView(channel, streams.live(channel.id), (await history.lastEnds([channel.id])).get(channel.id));
  }

  async function scope(
    c: Context,
    { isMine, isAll }: { isMine: boolean; isAll: boolean },
  ): Promise<Partial<ChannelQuery>> {
    if (isAll) await gate.administrator(c, { scope: 'admin' });
    if (isAll && !isMine) return {};
    return isMine ? { ownerId: (await gate.account(c, { scope: 'read' })).id } : { visibilities: ['public'] };
  }

  return app;
}
