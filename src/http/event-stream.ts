import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Limits } from './limits.ts';

const KEEP_ALIVE_MS = 15_000;
const SLOWEST_WRITE_MS = 20_000;
/** A thousand viewers who come at once are told in a few events, not in a thousand. */
const GAP_MS = 250;
/** What a reader who is slow may have waiting of what is not out of date by the next. */
const MAX_QUEUED = 200;

/** `data` is written as JSON, on one line; `written` was by `writtenEvent`, once for however many readers. */
export type ServerEvent =
  | { readonly name: string; readonly data: unknown }
  | { readonly name: string; readonly written: string };

/** `id`: what a reader who comes back says that it heard last. */
export function writtenEvent(name: string, json: string, id?: string): ServerEvent {
  return { name, written: `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n` };
}

/**
 * The newest event of each slot, waiting for a reader: what a slow one missed is out of date anyway, so no more than one
 * event a slot ever waits. They are taken in the order they came in.
 */
export class LatestEvents {
  readonly #waiting = new Map<string, ServerEvent>();
  #queued: string[] = [];
  #queueNumber = 0;
  #isClosed = false;
  #wake: () => void = () => {};

  /** `slot`: events that take each other's place share one; by itself the event's name. */
  push(event: ServerEvent, slot = event.name): void {
    if (this.#isClosed) return;
    this.#waiting.delete(slot);
    this.#waiting.set(slot, event);
    this.#wake();
  }

  /** Takes no other's place. Where too many wait they all give way to `overflow`. */
  queue(event: ServerEvent, overflow: ServerEvent): void {
    if (this.#queued.length >= MAX_QUEUED) {
      for (const slot of this.#queued) this.#waiting.delete(slot);
      this.#queued = [];
      this.push(overflow, 'overflow');
      return;
    }
    const slot = `queued ${this.#queueNumber++}`;
    this.#queued.push(slot);
    this.push(event, slot);
  }

  /** What waits is still taken; nothing more is. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Closed, and nothing is left to be taken. */
  get isOver(): boolean {
    return this.#isClosed && this.#waiting.size === 0;
  }

  /** Empty when nothing came within `ms`. */
  async take(ms: number): Promise<ServerEvent[]> {
    if (this.#waiting.size === 0 && !this.#isClosed) await this.#somethingOr(ms);
    const events = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#queued = [];
    return events;
  }

  #somethingOr(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Open streams of server-sent events, no more of them than the server can feed. */
export class EventStreams {
  readonly #limits: Limits;
  #open = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * `begin` starts to push events and returns how to stop. It ends with the login or token that it was opened by. Throws
   * `too_many_feeds` and `rate_limited`.
   */
  open(c: Context, begin: (latest: LatestEvents) => () => void): Response {
    // Nobody would read them.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    if (this.#open >= this.#limits.maxFeeds) throw new HttpError('too_many_feeds', 'Too many event streams are open.');
    // Nginx would otherwise hold events back.
    c.header('X-Accel-Buffering', 'no');
    const release = this.#limits.hold(c);
    const response = streamSSE(c, async (sse) => {
      const latest = new LatestEvents();
      const stop = begin(latest);
      this.#open += 1;
      sse.onAbort(() => latest.close());
      let unwatch: (() => void) | undefined;
      try {
        const { gate, access }: Partial<AppEnv['Variables']> = c.var;
        unwatch = access && (await gate?.watch(c, access, () => latest.close()));
        await pump(sse, latest);
      } finally {
        this.#open -= 1;
        release();
        stop();
        unwatch?.();
      }
    });
    response.headers.set('Cache-Control', 'no-store');
    return response;
  }
}

async function pump(sse: SSEStreamingApi, latest: LatestEvents): Promise<void> {
  while (!sse.aborted && !sse.closed) {
    const events = await latest.take(KEEP_ALIVE_MS);
    if (events.length === 0 && latest.isOver) return;
    const text = events.length > 0 ? events.map(eventText).join('') : ': still here\n\n';
    if (sse.aborted || !(await isWritten(sse, text))) return sse.abort();
    if (latest.isOver) return;
    await sse.sleep(GAP_MS);
  }
}

/** A reader who does not take one event in this time is cut off. */
async function isWritten(sse: SSEStreamingApi, text: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), SLOWEST_WRITE_MS);
  });
  const written = sse.write(text).then(() => true);
  try {
    return await Promise.race([written, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

function eventText(event: ServerEvent): string {
  if ('written' in event) return event.written;
  return `event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`;
}
