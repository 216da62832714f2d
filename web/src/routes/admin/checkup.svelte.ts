import { ApiError } from '#lib/api/call.ts';
import type { Finding, Reachability, SeenPath } from '#lib/api/health.ts';
import { api } from '#lib/api.ts';
import type { IceServer } from '#lib/ice.ts';
import { words } from '#lib/words/words.ts';
import { firstEventMs } from './first-event.ts';
import { tryPath } from './try-path.ts';

/** Threads whose ports are tried at the same time. */
const AT_ONCE = 4;
/** What is closed for so many is hardly open for the rest. */
const MAX_THREADS = 64;
const PADDING = 'x'.repeat(50_000);

type Target = Reachability['threads'][number];

/** Everything the page finds out: what this browser sees of the server, and what the server says of it and of itself. */
export class Checkup {
  /** From the first moment on: the page begins by looking. */
  isRunning = $state(true);
  server: readonly Finding[] | undefined = $state.raw();
  browser: readonly Finding[] | undefined = $state.raw();
  problem = $state('');
  readonly #leave = new AbortController();

  get verdict(): string {
    if (this.isRunning) return words.admin.health.trying;
    if (!this.server || !this.browser) return '';
    const toMend = [...this.server, ...this.browser].filter(({ level }) => level !== 'ok');
    const faults = toMend.filter(({ level }) => level === 'fault').length;
    if (toMend.length === 0) return words.admin.health.allWell;
    const more = toMend.length - faults;
    if (faults === 0) return words.admin.health.couldBeBetter(more);
    return more === 0 ? words.admin.health.toMend(faults) : words.admin.health.toMendAndMore(faults, more);
  }

  async run(): Promise<void> {
    this.isRunning = true;
    this.problem = '';
    this.browser = undefined;
    try {
      const [health, paths, eventMs, uploadStatus] = await Promise.all([
        this.#askServer(),
        this.#tryPaths(),
        firstEventMs(this.#leave.signal),
        tryUpload(),
      ]);
      const { findings } = await api.judge({
        origin: location.origin,
        isSecureContext,
        ...health,
        ...(eventMs !== undefined && { firstEventMs: eventMs }),
        uploadStatus,
        paths,
      });
      this.browser = findings;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : words.admin.health.unfinished;
    } finally {
      this.isRunning = false;
    }
  }

  /** Idempotent. The page is left: what is under way ends. */
  close(): void {
    this.#leave.abort();
  }

  async #askServer(): Promise<{ clockAheadMs: number }> {
    const askedAt = Date.now();
    const { now, findings } = await api.health();
    this.server = findings;
    return { clockAheadMs: (askedAt + Date.now()) / 2 - Date.parse(now) };
  }

  async #tryPaths(): Promise<SeenPath[]> {
    const { threads: all, iceServers } = await api.reachability();
    const threads = all.slice(0, MAX_THREADS);
    const relays = iceServers.filter(({ urls }) => urls.startsWith('turn'));
    const [first] = threads;
    const byRelay = first && relays.length > 0 ? [this.#try(first, 'relay', relays)] : [];
    const seen: SeenPath[] = [];
    for (let from = 0; from < threads.length; from += AT_ONCE) {
      const some = threads.slice(from, from + AT_ONCE);
      const tries = some.flatMap((target) => [this.#try(target, 'udp'), this.#try(target, 'tcp')]);
      seen.push(...(await Promise.all(tries)));
    }
    return [...seen, ...(await Promise.all(byRelay))];
  }

  #try(target: Target, kind: SeenPath['kind'], iceServers: readonly IceServer[] = []): Promise<SeenPath> {
    return tryPath({ ...target, kind, iceServers, signal: this.#leave.signal });
  }
}

async function tryUpload(): Promise<number> {
  try {
    await api.upload(PADDING);
    return 204;
  } catch (error) {
    return error instanceof ApiError ? error.status : 0;
  }
}
