import { ApiError } from '#lib/api/call.ts';
import type { NewStreamKey } from '#lib/api/keys.ts';
import type { Live } from '#lib/api/live.ts';
import { api } from '#lib/api.ts';
import { Broadcaster, type BroadcasterState, type Quality, type Source } from '#lib/broadcaster.ts';
import { LiveEvents } from '#lib/live-events.svelte.ts';
import type { Problem } from '#lib/problem.ts';
import { type SentVideo, sentVideo } from './sent-video.ts';

/** Longer than any broadcast from a browser, short enough that a key left behind by a crash does not matter. */
const KEY_TTL_SECONDS = 43_200;
const STATS_EVERY_MS = 1000;

const ENDED_ON_PURPOSE: ReadonlySet<string> = new Set(['stopped', 'key_revoked', 'key_expired', 'deleted']);

const OFFLINE: Live = { live: false, state: 'offline', dashUrl: null, stream: null };

/** Going live on a channel from this page: a short-lived key, the publisher, and what it tells of itself. */
export class Broadcast {
  state: BroadcasterState = $state('idle');
  startedAt: string | undefined = $state();
  error = $state('');
  sent: SentVideo | undefined = $state.raw();
  events: LiveEvents | undefined = $state.raw();
  #slug = '';
  #key: NewStreamKey | undefined;
  #broadcaster: Broadcaster | undefined;
  #stats: ReturnType<typeof setInterval> | undefined;

  get isOn(): boolean {
    return this.state === 'connecting' || this.state === 'live' || this.state === 'reconnecting';
  }

  async start(slug: string, source: Source, quality: Quality): Promise<void> {
    if (this.isOn) return;
    this.state = 'connecting';
    this.error = '';
    this.#slug = slug;
    let key: NewStreamKey;
    try {
      key = await api.createKey(slug, { name: 'Browser studio', ttlSeconds: KEY_TTL_SECONDS });
    } catch (error) {
      this.#end(error instanceof ApiError ? error.problem : { status: 0, message: String(error) });
      return;
    }
    this.#key = key;
    this.#broadcaster = new Broadcaster({
      streamKey: key.key,
      quality,
      onState: (state, problem) => this.#changed(state, problem),
      mayResume: () => this.#mayResume(),
    });
    this.#broadcaster.startStream(source);
    this.events = new LiveEvents(slug, OFFLINE);
    this.events.open();
    this.#stats = setInterval(() => void this.#measure(), STATS_EVERY_MS);
  }

  /** Idempotent. Ends the stream on the server too. */
  stop(): void {
    if (this.isOn) this.#end();
  }

  async replace(source: Source): Promise<void> {
    await this.#broadcaster?.replace(source);
  }

  #changed(state: BroadcasterState, problem?: Problem): void {
    if (state === 'idle') return;
    if (state === 'ended') return this.#end(problem);
    if (state === 'live') this.startedAt ??= new Date().toISOString();
    this.state = state;
  }

  #end(problem?: Problem): void {
    this.state = problem ? 'ended' : 'idle';
    this.error = problem?.message ?? '';
    this.startedAt = undefined;
    this.sent = undefined;
    clearInterval(this.#stats);
    this.events?.close();
    this.events = undefined;
    const broadcaster = this.#broadcaster;
    this.#broadcaster = undefined;
    broadcaster?.stopStream();
    // It expires by itself, should this fail.
    if (this.#key) void api.deleteKey(this.#slug, this.#key.id).catch(() => {});
    this.#key = undefined;
  }

  /** The server ended it: because somebody wanted so, or because it restarts? In doubt the show goes on. */
  async #mayResume(): Promise<true | Problem> {
    const live = await api.live(this.#slug).catch(() => undefined);
    if (live?.state === 'live') return { status: 0, message: 'Somebody else went live on this channel.' };
    const last = await api.lastStream(this.#slug).catch(() => undefined);
    return ENDED_ON_PURPOSE.has(last?.endReason ?? '') ? { status: 0, message: 'The stream was stopped.' } : true;
  }

  async #measure(): Promise<void> {
    const report = await this.#broadcaster?.stats();
    if (report) this.sent = sentVideo(report, this.sent);
  }
}
