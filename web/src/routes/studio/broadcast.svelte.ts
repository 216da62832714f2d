import { ApiError } from '#lib/api/call.ts';
import type { NewStreamKey } from '#lib/api/keys.ts';
import { api } from '#lib/api.ts';
import { Broadcaster, type BroadcasterState, type Quality, type Source } from '#lib/broadcaster.ts';
import type { Problem } from '#lib/problem.ts';
import { words } from '#lib/words/words.ts';
import { onAir } from './remembered.svelte.ts';
import { type SentVideo, sentVideo } from './sent-video.ts';
import { after, isOn, type Show, type ShowEvent } from './show.ts';
import { type Sample, sampleOf, withSample } from './trend.ts';

/** Long enough to sit out a lost network, short enough that a key left behind by a crash does not matter. */
const KEY_TTL_SECONDS = 43_200;
/** However long it goes on, the key does not end before it. */
const RENEW_KEY_EVERY_MS = 3_600_000;
const STATS_EVERY_MS = 1000;

const ENDED_ON_PURPOSE: ReadonlySet<string> = new Set(['stopped', 'key_revoked', 'key_expired', 'deleted']);

/** Going live on a channel from this page: a short-lived key, the publisher, and what it tells of itself. */
export class Broadcast {
  show: Show = $state.raw({ state: 'off' });
  sent: SentVideo | undefined = $state.raw();
  trend: readonly Sample[] = $state.raw([]);
  readonly #viewers: () => number;
  #slug = '';
  #key: NewStreamKey | undefined;
  #broadcaster: Broadcaster | undefined;
  #stats: ReturnType<typeof setInterval> | undefined;
  #renewal: ReturnType<typeof setInterval> | undefined;

  /** `viewers`: how many watch now. */
  constructor(viewers: () => number) {
    this.#viewers = viewers;
  }

  get isOn(): boolean {
    return isOn(this.show);
  }

  /** `source` is asked for once there is a key: till then it may have changed. */
  async start(slug: string, quality: Quality, source: () => Source): Promise<void> {
    if (this.isOn) return;
    this.#happened({ type: 'asked' });
    this.#slug = slug;
    try {
      this.#key = await api.createKey(slug, { name: words.studio.keyName, ttlSeconds: KEY_TTL_SECONDS });
    } catch (error) {
      return this.#end(error instanceof ApiError ? error.problem : { status: 0, message: String(error) });
    }
    // Stopped meanwhile.
    if (!this.isOn) return this.#end();
    onAir.set(slug);
    this.#broadcaster = new Broadcaster({
      streamKey: this.#key.key,
      quality,
      onState: (state, problem) => this.#changed(state, problem),
      onRetry: ({ attempt, inMs }) => this.#happened({ type: 'waits', attempt, untilMs: Date.now() + inMs }),
      mayResume: () => this.#mayResume(),
    });
    this.#broadcaster.startStream(source());
    this.#stats = setInterval(() => void this.#measure(), STATS_EVERY_MS);
    this.#renewal = setInterval(() => void this.#renewKey(), RENEW_KEY_EVERY_MS);
  }

  /** Idempotent. Ends the stream on the server too. */
  stop(): void {
    if (this.isOn) this.#end();
  }

  async replace(source: Source): Promise<void> {
    await this.#broadcaster?.replace(source);
  }

  async tune(quality: Quality): Promise<void> {
    await this.#broadcaster?.tune(quality);
  }

  retryNow(): void {
    this.#broadcaster?.retryNow();
  }

  #happened(event: ShowEvent): void {
    this.show = after(this.show, event);
  }

  #changed(state: BroadcasterState, problem?: Problem): void {
    if (state === 'live') this.#happened({ type: 'up', nowMs: Date.now() });
    if (state === 'reconnecting') this.#happened({ type: 'lost' });
    if (state === 'ended') this.#end(problem);
  }

  #end(problem?: Problem): void {
    this.#happened(problem ? { type: 'ended', problem: problem.message } : { type: 'stopped' });
    this.sent = undefined;
    this.trend = [];
    clearInterval(this.#stats);
    clearInterval(this.#renewal);
    onAir.clear();
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
    if (live?.state === 'live') return { status: 0, message: words.studio.ended.takenOver };
    const last = await api.lastStream(this.#slug).catch(() => undefined);
    return ENDED_ON_PURPOSE.has(last?.endReason ?? '') ? { status: 0, message: words.studio.ended.stopped } : true;
  }

  /** Tried again in an hour, should it fail. */
  async #renewKey(): Promise<void> {
    if (this.#key) await api.changeKey(this.#slug, this.#key.id, { ttlSeconds: KEY_TTL_SECONDS }).catch(() => {});
  }

  async #measure(): Promise<void> {
    const report = await this.#broadcaster?.stats();
    if (!report || this.show.state !== 'live') return;
    this.sent = sentVideo(report, this.sent);
    if (this.sent) this.trend = withSample(this.trend, sampleOf(this.sent, this.#viewers()));
  }
}
