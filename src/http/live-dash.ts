import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { Channel } from '../channels/ports.ts';
import { liveFileKey, liveIndexKey, numberOfFile } from '../dash/live-files.ts';
import { isHole, type LiveIndex, nextNumber, readLiveIndex, SEGMENT_MS } from '../dash/live-index.ts';
import { liveManifest, MAKING_MS } from '../dash/live-manifest.ts';
import { emptySegment } from '../dash/webm.ts';
import { RenditionError } from '../renditions/errors.ts';
import type { LiveLadders } from '../renditions/live-ladders.ts';
import type { Storage } from '../storage/ports.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Gate } from './gate.ts';
import { sendStored } from './stored-file.ts';

/** As long as nothing new came, it is what it was. Another transcoder takes over within 15 s. */
const FRESH_MS = 20_000;
const READ_AGAIN_MS = 250;
/** A player that asks a moment too early, or for what is a moment late, is answered when it is there. */
const EARLY_MS = 1_000;
const LATE_MS = 5_000;
const LONGEST_WAIT_MS = 2_500;
const LOOK_MS = 50;

export interface LiveDashOptions {
  readonly gate: Gate;
  readonly ladders: LiveLadders;
  readonly storage: Storage;
}

/** Live DASH: asking for the manifest is what starts it. Segments have addresses of their own and never change. */
export function liveDashRoutes({ gate, ladders, storage }: LiveDashOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const indexes = new LiveIndexes(storage);
  const arrivals = new Arrivals(storage);

  app.get('/:slug/manifest.mpd', async (c) => {
    const channel = await visible(c);
    const ladder = ladders.of(channel.id);
    if (!ladder) throw new RenditionError('The channel is not live and adaptive.', { code: 'not_adaptive' });
    const { streamId, isOver } = ladder;
    if (!isOver) ladders.wanted(streamId);
    const found = await indexes.of(streamId);
    const isFresh = found !== undefined && Date.now() - found.writtenMs < FRESH_MS;
    if (!found || !(isFresh || isOver)) throw starting(ladders.isFull(streamId));
    const index = { ...found.index, hasEnded: found.index.hasEnded || isOver };
    const body = liveManifest(index, {
      windowSeconds: ladders.windowSeconds,
      nowMs: found.writtenMs,
      folder: `${streamId}/`,
    });
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const headers = {
      'Content-Type': 'application/dash+xml',
      'Cache-Control': `${shared(channel)}, max-age=1`,
      ETag: etag,
      'X-Content-Type-Options': 'nosniff',
    };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
    return c.body(body, 200, headers);
  });

  app.get('/:slug/:stream/:folder/:file', async (c) => {
    const channel = await visible(c);
    const { stream, folder, file } = c.req.param();
    const ladder = ladders.of(channel.id);
    const key = ladder?.streamId === stream ? liveFileKey(stream, `${folder}/${file}`) : undefined;
    if (!ladder || key === undefined) throw new HttpError('not_found', 'There is nothing here.');
    const number = numberOfFile(file);
    const found = number === undefined || ladder.isOver ? undefined : await indexes.of(stream);
    const cache = `${shared(channel)}, max-age=31536000, immutable`;
    if (found && number !== undefined) {
      if (isHole(found.index, number)) return sendNothing(c, number, cache);
      if (isDue(found.index, number)) await arrivals.of(key);
    }
    return sendStored(c, storage, { key, cache });
  });

  const visible = (c: Context<AppEnv>): Promise<Channel> =>
    gate.visibleChannel(c, c.req.param('slug') ?? '', { scope: 'read' });

  return app;
}

const shared = ({ visibility }: Channel) => (visibility === 'private' ? 'private' : 'public');

function starting(isFull: boolean): RenditionError {
  return isFull
    ? new RenditionError('The server makes as many streams smaller as it can.', { code: 'ladder_full' })
    : new RenditionError('The first segments are being made: ask again in a moment.', { code: 'ladder_starting' });
}

/** Players that were promised a segment which then was not made ask for it again and again, unless there is one. */
function sendNothing(c: Context<AppEnv>, number: number, cache: string): Response {
  const headers = { 'Content-Type': 'video/webm', 'Cache-Control': cache, 'X-Content-Type-Options': 'nosniff' };
  return c.body(Buffer.from(emptySegment(number * SEGMENT_MS)), 200, headers);
}

/** Whether it is about to be there. */
function isDue(index: LiveIndex, number: number): boolean {
  if (number < nextNumber(index)) return false;
  const dueInMs = index.startedAtMs + (number + 1) * SEGMENT_MS + MAKING_MS - Date.now();
  return dueInMs < EARLY_MS && dueInMs > -LATE_MS;
}

interface FoundIndex {
  readonly index: LiveIndex;
  readonly writtenMs: number;
}

/** Of each stream the index as it was a moment ago, however many ask. */
class LiveIndexes {
  readonly #storage: Storage;
  readonly #found = new Map<string, { readonly readMs: number; readonly index: Promise<FoundIndex | undefined> }>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  of(streamId: string): Promise<FoundIndex | undefined> {
    const nowMs = Date.now();
    for (const [id, { readMs }] of this.#found) if (nowMs - readMs > READ_AGAIN_MS) this.#found.delete(id);
    const found = this.#found.get(streamId);
    if (found) return found.index;
    const index = this.#read(streamId);
    this.#found.set(streamId, { readMs: nowMs, index });
    // What is not there yet is looked for each time.
    const forget = () => this.#found.delete(streamId);
    index.then((there) => there ?? forget(), forget);
    return index;
  }

  async #read(streamId: string): Promise<FoundIndex | undefined> {
    const key = liveIndexKey(streamId);
    const facts = await this.#storage.head(key);
    const bytes = facts && (await this.#storage.read(key));
    const index = bytes && readLiveIndex(await text(bytes));
    return facts && index && { index, writtenMs: facts.modifiedAt.getTime() };
  }
}

/** Waits for files that are about to come: one look at a time for each, however many wait. */
class Arrivals {
  readonly #storage: Storage;
  readonly #waiting = new Map<string, Promise<void>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  of(key: string): Promise<void> {
    const waiting = this.#waiting.get(key) ?? this.#wait(key).finally(() => this.#waiting.delete(key));
    this.#waiting.set(key, waiting);
    return waiting;
  }

  async #wait(key: string): Promise<void> {
    const untilMs = Date.now() + LONGEST_WAIT_MS;
    while (Date.now() < untilMs && !(await this.#storage.head(key))) await pause(LOOK_MS);
  }
}
