import { z } from '@hono/zod-openapi';
import type { Channel, StreamKeyRecord } from '../../channels/ports.ts';
import { type ImageKind, imageFile, imageVersion } from '../../images/channel-images.ts';
import type { LiveLayer, LiveSnapshot, StreamSnapshot } from '../../streams/live-events.ts';
import { thumbnailPath } from '../media-paths.ts';

/** Shapes that more than one route speaks of. What is used once stands beside its route. */

export const visibility = z.enum(['public', 'unlisted', 'private']);
export const chatMode = z
  .enum(['everyone', 'accounts', 'off'])
  .openapi({ description: 'Who may write in the chat: guests too, people with an account, or nobody' });
const time = z.iso.datetime();
/** What PostgreSQL can hold: any character but NUL, and no half of one. */
export const text = z
  .string()
  .refine((value) => !value.includes('\0'), 'may not have the character U+0000')
  .refine((value) => value.isWellFormed(), 'may not have half a character');

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:freshet:problem:no_channel' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457 problem details' });

export const layerSchema = z.object({
  rid: z.string(),
  bitrateBps: z.number(),
  width: z.int().optional(),
  height: z.int().optional(),
  framesPerSecond: z.number(),
  lossShare: z.number().optional().openapi({ description: 'Lost on the way to the server, 0 to 1, over ten seconds' }),
  jitterMs: z.number(),
  keyframeIntervalMs: z.number().optional(),
  codec: z.enum(['av1']).optional().openapi({ description: "Where it is not the track's" }),
  isRendition: z.boolean().openapi({ description: 'Made by the server of what is published' }),
  isOnDemand: z.boolean().openapi({ description: 'Not made now: it is when a viewer asks for it by its rid' }),
  delayMs: z.int().optional().openapi({ description: 'How far a rendition is behind what it is made of' }),
});

const adviceSchema = z
  .object({
    code: z.string().openapi({ example: 'b_frames' }),
    severity: z.enum(['error', 'warning', 'hint']),
    text: z.string().openapi({ description: 'What is the matter, in words for the streamer' }),
    obs: z.string().optional().openapi({ description: 'What to set in OBS' }),
    studio: z.string().optional().openapi({ description: 'What to do in the studio of the site' }),
  })
  .openapi('Advice');

const dashUrl = z.string().nullable().openapi({
  description: 'Of the DASH manifest, where the channel is live and adaptive; asking for it starts what makes it',
});

const thumbnailUrl = z.string().nullable().openapi({
  description:
    'Of a picture of what is on, WebP, made anew every few seconds: 404 until the first one is made. Null where nothing is to be seen',
});

export const liveSchema = z
  .object({
    live: z.boolean(),
    state: z.enum(['offline', 'live', 'reconnecting']),
    dashUrl,
    thumbnailUrl,
    stream: z
      .object({
        id: z.uuid(),
        startedAt: time,
        title: z.string(),
        viewers: z.int(),
        peakViewers: z.int(),
        tracks: z.array(
          z.object({ kind: z.enum(['audio', 'video']), codec: z.enum(['opus', 'h264', 'vp8', 'vp9', 'av1']) }),
        ),
        layers: z.array(layerSchema),
        advice: z.array(adviceSchema),
      })
      .nullable(),
  })
  .openapi('Live');

export const channelSchema = z
  .object({
    slug: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    tags: z.array(z.string()),
    avatarUrl: z.string().nullable().openapi({ description: 'A picture that never changes at this address' }),
    posterUrl: z.string().nullable().openapi({ description: 'The same, for where the channel is not live' }),
    visibility,
    acceptsWaitingViewers: z.boolean(),
    isRecorded: z.boolean(),
    isAdaptive: z.boolean(),
    makesRenditions: z.boolean(),
    chat: chatMode,
    slowModeSeconds: z.int(),
    chatLinks: z.boolean(),
    createdAt: time,
    dashUrl,
    thumbnailUrl,
    live: z.object({
      state: z.enum(['offline', 'live', 'reconnecting']),
      viewers: z.int(),
      startedAt: time.nullable(),
      title: z.string(),
      lastEndedAt: time.nullable().openapi({ description: 'When the stream before ended; null when there was none' }),
    }),
  })
  .openapi('Channel');

export const streamKeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string(),
    createdAt: time,
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
  })
  .openapi('StreamKey');

export const slugParam = z.object({ slug: z.string() });

export function liveView({ live, state, stream }: LiveSnapshot): z.infer<typeof liveSchema> {
  if (!stream) return { live, state, dashUrl: null, thumbnailUrl: null, stream };
  const { id, startedAt, title, viewers, peakViewers, tracks, layers, advice } = stream;
  return {
    live,
    state,
    dashUrl: dashUrlOf(stream),
    thumbnailUrl: thumbnailUrlOf(stream),
    stream: {
      id,
      startedAt: startedAt.toISOString(),
      title,
      viewers,
      peakViewers,
      tracks: [...tracks],
      layers: layers.map(layerView),
      advice: [...advice],
    },
  };
}

export function layerView(layer: LiveLayer): z.infer<typeof layerSchema> {
  const { rid, bitrateBps, width, height, framesPerSecond, lossShare, jitterMs, keyframeIntervalMs } = layer;
  const { codec, isRendition = false, isOnDemand = false, delayMs } = layer;
  return {
    rid,
    bitrateBps,
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    framesPerSecond,
    ...(lossShare !== undefined && { lossShare: Math.round(lossShare * 10_000) / 10_000 }),
    jitterMs,
    ...(keyframeIntervalMs !== undefined && { keyframeIntervalMs }),
    ...(codec === 'av1' && isRendition && { codec }),
    isRendition,
    isOnDemand,
    ...(delayMs !== undefined && { delayMs }),
  };
}

function dashUrlOf({ slug, isAdaptive, tracks }: StreamSnapshot): string | null {
  return isAdaptive && tracks.some(({ kind }) => kind === 'video') ? `/media/live/${slug}/manifest.mpd` : null;
}

function thumbnailUrlOf({ slug, tracks }: StreamSnapshot): string | null {
  return tracks.some(({ kind }) => kind === 'video') ? thumbnailPath(slug) : null;
}

function imageUrl(channel: Channel, kind: ImageKind): string | null {
  const file = imageFile(channel, kind);
  return file === null ? null : `/api/v1/channels/${channel.slug}/${kind}?v=${imageVersion(file)}`;
}

export function channelView(
  of: Channel,
  { state, stream }: LiveSnapshot,
  lastEndedAt?: Date,
): z.infer<typeof channelSchema> {
  const { slug, title, description, category, tags, acceptsWaitingViewers, isRecorded, isAdaptive, createdAt } = of;
  const { chat, slowModeSeconds, chatLinks } = of;
  return {
    slug,
    title,
    description,
    category,
    tags: [...tags],
    avatarUrl: imageUrl(of, 'avatar'),
    posterUrl: imageUrl(of, 'poster'),
    visibility: of.visibility,
    acceptsWaitingViewers,
    isRecorded,
    isAdaptive,
    makesRenditions: of.makesRenditions,
    chat,
    slowModeSeconds,
    chatLinks,
    createdAt: createdAt.toISOString(),
    dashUrl: stream && dashUrlOf(stream),
    thumbnailUrl: stream && thumbnailUrlOf(stream),
    live: {
      state,
      viewers: stream?.viewers ?? 0,
      startedAt: stream?.startedAt.toISOString() ?? null,
      title: stream?.title ?? title,
      lastEndedAt: lastEndedAt?.toISOString() ?? null,
    },
  };
}

export function streamKeyView({
  id,
  name,
  prefix,
  createdAt,
  lastUsedAt,
  expiresAt,
}: StreamKeyRecord): z.infer<typeof streamKeySchema> {
  return {
    id,
    name,
    prefix,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
