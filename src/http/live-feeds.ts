import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { LiveEvent } from '../streams/live-events.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { liveView } from './api/schemas.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';

const KEEP_ALIVE_MS = 15_000;
const SLOWEST_WRITE_MS = 20_000;
/** A thousand viewers who come at once are told in a few events, not in a thousand. */
const GAP_MS = 250;
const MAX_FEEDS = 20_000;

/**
 * The newest event of each type, waiting for a reader: what a slow one missed is out of date anyway, so at most two
 * events ever wait.
 */
export class LatestEvents {
  readonly #waiting = new Map<LiveEvent['type'], LiveEvent>();
  #wake: () => void = () => {};

  push(event: LiveEvent): void {
    this.#waiting.set(event.type, event);
    this.#wake();
  }

  /** Empty when nothing came within `ms`. */
  async take(ms: number): Promise<LiveEvent[]> {
    if (this.#waiting.size === 0) await this.#somethingOr(ms);
    const events = [...this.#waiting.values()];
    this.#waiting.clear();
    return events;
  }

  wake(): void {
    this.#wake();
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

/** The event streams of channels, no more of them than the server can feed. */
export class LiveFeeds {
  readonly #streams: StreamRegistry;
  #open = 0;

  constructor(streams: StreamRegistry) {
    this.#streams = streams;
  }

  /** Throws `too_many_feeds`. */
  open(c: Context<AppEnv>, channelId: string): Response {
    if (this.#open >= MAX_FEEDS) throw new HttpError('too_many_feeds', 'Too many event streams are open.');
    c.header('Cache-Control', 'no-store');
    // Nginx would otherwise hold events back.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (sse) => {
      const latest = new LatestEvents();
      const unsubscribe = this.#streams.subscribe(channelId, (event) => latest.push(event));
      this.#open += 1;
      sse.onAbort(() => latest.wake());
      try {
        latest.push({ type: 'live', live: this.#streams.live(channelId) });
        await pump(sse, latest);
      } finally {
        this.#open -= 1;
        unsubscribe();
      }
    });
  }
}

async function pump(sse: SSEStreamingApi, latest: LatestEvents): Promise<void> {
  while (!sse.aborted && !sse.closed) {
    const events = await latest.take(KEEP_ALIVE_MS);
    const text = events.length > 0 ? events.map(eventText).join('') : ': still here\n\n';
    if (sse.aborted || !(await isWritten(sse, text))) return sse.abort();
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

function eventText(event: LiveEvent): string {
  const data = event.type === 'live' ? liveView(event.live) : { viewers: event.viewers };
  return `event: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
