import type { Context, MiddlewareHandler } from 'hono';
import { ChannelError } from '../../channels/errors.ts';
import type { Channel } from '../../channels/ports.ts';
import {
  IMAGE_KINDS,
  IMAGE_TYPES,
  type ImageKind,
  imageFile,
  imageType,
  imageVersion,
  MAX_IMAGE_BYTES,
} from '../../images/channel-images.ts';
import type { Auth } from '../auth.ts';
import { limitBody } from '../body-limit.ts';
import type { AppEnv } from '../env.ts';
import { HttpError } from '../errors.ts';
import { sendFile } from '../file-range.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { channelSchema, channelView, slugParam } from './schemas.ts';

const FOREVER = 'max-age=31536000, immutable';
/** What can be sent is that, or does not say. */
const TYPES: ReadonlySet<string> = new Set([...IMAGE_TYPES, 'application/octet-stream']);
const binary = { schema: { type: 'string', format: 'binary' } } as const;
const picture = { 'image/png': binary, 'image/jpeg': binary, 'image/webp': binary } as const satisfies Record<
  (typeof IMAGE_TYPES)[number],
  unknown
>;

const routesOf = <K extends ImageKind>(kind: K) => ({
  read: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: `/channels/{slug}/${kind}` as const,
    problems: ['no_image', 'range_not_satisfiable'],
    summary: `The ${kind}: at the address that the channel names it never changes`,
    request: { params: slugParam },
    responses: {
      200: { description: 'The picture', content: picture },
      206: { description: 'A part of it (`Range`)', content: picture },
      304: { description: 'As it was with that ETag' },
      ...failure,
    },
  }),
  put: route({
    access: { who: 'manager', scope: 'channels' },
    method: 'put',
    path: `/channels/{slug}/${kind}` as const,
    problems: ['bad_image', 'storage_full', 'storage_failed'],
    summary: `Takes a picture of at most ${MAX_IMAGE_BYTES[kind] >> 20} MiB and 16 to 4096 pixels each way as the ${kind}`,
    request: { params: slugParam, body: { required: true, content: picture } },
    responses: { 200: answers(channelSchema, 'The channel as it is now'), ...failure },
  }),
  remove: route({
    access: { who: 'manager', scope: 'channels' },
    method: 'delete',
    path: `/channels/{slug}/${kind}` as const,
    request: { params: slugParam },
    responses: { 204: { description: 'It has none' }, ...failure },
  }),
});

const routes = { avatar: routesOf('avatar'), poster: routesOf('poster') };

/** The kind of picture that this request brings. */
export function imageSent({ req: { method, path } }: Context): ImageKind | undefined {
  return method === 'PUT' ? IMAGE_KINDS.find((kind) => new RegExp(`/channels/[^/]+/${kind}/?$`).test(path)) : undefined;
}

/** Pictures are large: those of nobody are not read at all. */
export function imageBody(auth: Auth): MiddlewareHandler<AppEnv> {
  const limited = { avatar: limitBody(MAX_IMAGE_BYTES.avatar), poster: limitBody(MAX_IMAGE_BYTES.poster) };
  return async (c, next) => {
    const kind = imageSent(c);
    if (kind === undefined) return next();
    await auth.required(c);
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== undefined && !TYPES.has(type)) {
      throw new HttpError('bad_content_type', `The content type must be one of ${IMAGE_TYPES.join(', ')}.`);
    }
    return limited[kind](c, next);
  };
}

export function imageRoutes({ images, streams, history }: ApiDependencies) {
  const app = apiRouter();

  for (const kind of IMAGE_KINDS) {
    app.openapi(routes[kind].read, async (c) => send(c, c.var.granted.channel, kind));

    app.openapi(routes[kind].put, async (c) => {
      const bytes = new Uint8Array(await c.req.arrayBuffer());
      const channel = await images.put(c.var.granted.channel, kind, bytes);
      const ends = await history.lastEnds([channel.id]);
      return c.json(channelView(channel, streams.live(channel.id), ends.get(channel.id)), 200);
    });

    app.openapi(routes[kind].remove, async (c) => {
      await images.remove(c.var.granted.channel, kind);
      return c.body(null, 204);
    });
  }

  async function send(c: Context, channel: Channel, kind: ImageKind): Promise<Response> {
    const file = imageFile(channel, kind);
    if (file === null) throw new ChannelError('no_image', 'There is no such picture.');
    const version = imageVersion(file);
    const sharing = channel.visibility === 'private' ? 'private' : 'public';
    return sendFile(c, {
      path: images.path(channel, file),
      type: imageType(file),
      headers: {
        ETag: `"${version}"`,
        'Cache-Control': `${sharing}, ${c.req.query('v') === version ? FOREVER : 'no-cache'}`,
        'Content-Security-Policy': "default-src 'none'; sandbox",
      },
    });
  }

  return app;
}
