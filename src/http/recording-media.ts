import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import type { Channels } from '../channels/channels.ts';
import type { RecordingPart } from '../recording/ports.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { sendFile } from './file-range.ts';
import type { Gate } from './gate.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function partPath(recordingId: string, number: number): string {
  return `/media/recordings/${recordingId}/parts/${number}`;
}

export function partType({ videoCodec }: Pick<RecordingPart, 'videoCodec'>): string {
  if (videoCodec === 'h264') return 'video/x-matroska';
  return videoCodec === null ? 'audio/webm' : 'video/webm';
}

interface RecordingMediaOptions {
  readonly gate: Gate;
  readonly channels: Channels;
  readonly recordings: Recordings;
}

/** Recordings as they were written. Files are found by what their rows say, never by what a path says. */
export function recordingMediaRoutes({ gate, channels, recordings }: RecordingMediaOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/:id/parts/:number{[0-9]{1,6}}', (c) => send(c, c.req.param('id'), Number(c.req.param('number'))));
  app.get('/:id/source.webm', (c) => send(c, c.req.param('id'), 0));

  async function send(c: Context<AppEnv>, id: string, number: number): Promise<Response> {
    const recording = UUID.test(id) ? await recordings.byId(id) : undefined;
    const channel = recording && (await channels.byId(recording.channelId));
    const isSeen = await gate.maySee(c, channel, { scope: 'read' });
    const part = recording?.parts.find((one) => one.number === number);
    if (!recording || !isSeen || !part) throw new HttpError('not_found', 'There is no such recording.');
    const isWhole = part.durationMs > 0;
    const isPublic = channel?.visibility !== 'private';
    return sendFile(c, {
      path: join(recordings.folderOf(recording.id), part.file),
      type: partType(part),
      headers: {
        'Cache-Control': isWhole ? `${isPublic ? 'public' : 'private'}, max-age=31536000, immutable` : 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'none'; sandbox",
      },
    });
  }

  return app;
}
