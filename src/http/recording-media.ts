import { type Context, Hono } from 'hono';
import type { Channels } from '../channels/channels.ts';
import type { Channel } from '../channels/ports.ts';
import type { RecordingPart, RecordingRecord } from '../recording/ports.ts';
import type { Recordings } from '../recording/recordings.ts';
import { isKey, recordingPrefix } from '../storage/keys.ts';
import type { Storage } from '../storage/ports.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Gate } from './gate.ts';
import { sendStored } from './stored-file.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PICTURES = ['poster.webp', 'sprite.webp', 'sprite.vtt'] as const;
const FOREVER = 'max-age=31536000, immutable';
/** What can be made anew under the same name is asked for again, and seldom sent again. */
const ASKED_AGAIN = 'no-cache';

export function partPath(recordingId: string, number: number): string {
  return `/media/recordings/${recordingId}/parts/${number}`;
}

/** With what tells them from those that are made anew; none where there are none. */
export function picturePaths({ id, picturesAt }: Pick<RecordingRecord, 'id' | 'picturesAt'>) {
  if (picturesAt === null) return { posterUrl: null, spriteUrl: null };
  const version = `?v=${picturesAt.getTime().toString(36)}`;
  const folder = `/media/recordings/${id}`;
  return { posterUrl: `${folder}/poster.webp${version}`, spriteUrl: `${folder}/sprite.vtt${version}` };
}

export function manifestPath({ id, renditionsRun }: Pick<RecordingRecord, 'id' | 'renditionsRun'>): string | null {
  return renditionsRun === null ? null : `/media/recordings/${id}/dash/${renditionsRun}/manifest.mpd`;
}

export function partType({ videoCodec }: Pick<RecordingPart, 'videoCodec'>): string {
  if (videoCodec === 'h264') return 'video/x-matroska';
  return videoCodec === null ? 'audio/webm' : 'video/webm';
}

interface RecordingMediaOptions {
  readonly gate: Gate;
  readonly channels: Channels;
  readonly recordings: Recordings;
  readonly storage: Storage;
}

/** Recordings as they were written, and what was made of them. Parts are found by what their rows say. */
export function recordingMediaRoutes({ gate, channels, recordings, storage }: RecordingMediaOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/:id/parts/:number{[0-9]{1,6}}', (c) => sendPart(c, c.req.param('id'), Number(c.req.param('number'))));
  app.get('/:id/source.webm', (c) => sendPart(c, c.req.param('id'), 0));
  app.get('/:id/manifest.mpd', (c) => sendToNewest(c, c.req.param('id'), 'dash/'));
  app.get('/:id/dash/manifest.mpd', (c) => sendToNewest(c, c.req.param('id'), ''));
  for (const file of PICTURES) app.get(`/:id/${file}`, (c) => sendMade(c, c.req.param('id'), file));
  app.get('/:id/dash/:run/:file', (c) => {
    const { id, run, file } = c.req.param();
    return sendMade(c, id, `dash/${run}/${file}`);
  });

  async function sendPart(c: Context<AppEnv>, id: string, number: number): Promise<Response> {
    const { recording, channel } = await seen(c, id);
    const part = recording.parts.find((one) => one.number === number);
    if (!part) throw noRecording();
    return sendStored(c, storage, {
      key: recordingPrefix(recording.id) + part.file,
      type: partType(part),
      cache: part.durationMs > 0 ? shared(channel, FOREVER) : 'no-store',
    });
  }

  /** Whose link is older than what was made last. */
  async function sendToNewest(c: Context<AppEnv>, id: string, folder: string): Promise<Response> {
    const { recording, channel } = await seen(c, id);
    if (recording.renditionsRun === null) throw noRecording();
    c.header('cache-control', shared(channel, ASKED_AGAIN));
    return c.redirect(`${folder}${recording.renditionsRun}/manifest.mpd`, 302);
  }

  async function sendMade(c: Context<AppEnv>, id: string, file: string): Promise<Response> {
    const { recording, channel } = await seen(c, id);
    const key = recordingPrefix(recording.id) + file;
    if (!isKey(key)) throw noRecording();
    const isVersioned = c.req.query('v') !== undefined;
    return sendStored(c, storage, { key, cache: shared(channel, isVersioned ? FOREVER : ASKED_AGAIN) });
  }

  async function seen(c: Context<AppEnv>, id: string): Promise<{ recording: RecordingRecord; channel: Channel }> {
    const recording = UUID.test(id) ? await recordings.byId(id) : undefined;
    const channel = recording && (await channels.byId(recording.channelId));
    const isSeen = await gate.maySee(c, channel, { scope: 'read' });
    if (!recording || !channel || !isSeen) throw noRecording();
    return { recording, channel };
  }

  return app;
}

function shared({ visibility }: Channel, how: string): string {
  return `${visibility === 'private' ? 'private' : 'public'}, ${how}`;
}

function noRecording(): HttpError {
  return new HttpError('not_found', 'There is no such recording.');
}
