import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SendMode } from '../src/native/send-mode.ts';
import { Api } from '../tests/support/api.ts';
import { Server } from '../tests/support/server.ts';
import { Child } from './child.ts';
import type { LoadMethods } from './load/load-process.ts';
import type { Counts, Joined, Profile } from './load/viewer-pool.ts';
import { dropsBetween, type KernelDrops, readKernelDrops } from './measure/kernel-drops.ts';
import { readUsage, type Spent, spentBetween, type Usage } from './measure/process-usage.ts';
import type { PublishMethods } from './publish/publish-process.ts';

const LOAD = join(import.meta.dirname, 'load/load-process.ts');
const PUBLISH = join(import.meta.dirname, 'publish/publish-process.ts');
/** Viewers who are catching up get more than is published. */
const LIVE_RATIO = 1.03;
const SETTLE_SECONDS = 30;

export interface StageOptions {
  readonly send?: SendMode;
  readonly profile?: Profile;
  readonly hasAudio?: boolean;
  readonly hasVideo?: boolean;
  /** Simulcast layers published. */
  readonly layers?: number;
  readonly hasGro?: boolean;
  /** The server on one core, publisher and viewers on the other: nobody's caches are disturbed, as on machines of their own. */
  readonly isApart?: boolean;
  /** One viewer in so many opens every packet. */
  readonly sampleEvery?: number;
  /** More of the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What one stretch of time cost and brought. */
export interface Stretch {
  /** Packets that one viewer of each stream was to get. */
  readonly published: number;
  /** Packets that all viewers together were to get; each stream has as many of them as any other. */
  readonly due: number;
  readonly counts: Counts;
  readonly server: Spent;
  /** Of the viewers' process. */
  readonly load: Spent;
  /** CPU seconds of the kernel's own threads for network work, which no process pays for. */
  readonly softirq: number;
  readonly drops: KernelDrops;
}

/** Our server, publishers and viewers, each a process of its own. */
export class Stage {
  readonly server: Server;
  readonly load: Child<LoadMethods>;
  readonly #publisher: Child<PublishMethods>;
  readonly #options: StageOptions;
  readonly #slugs: string[] = [];
  #api: Api | undefined;

  private constructor(server: Server, options: StageOptions) {
    this.server = server;
    this.#options = options;
    this.load = new Child<LoadMethods>(LOAD);
    this.#publisher = new Child<PublishMethods>(PUBLISH);
  }

  /** Resolves with the stream live and no viewer. */
  static async open(options: StageOptions = {}): Promise<Stage> {
    const { send = 'auto', profile = 'gcm', hasGro = false, sampleEvery = 20 } = options;
    const server = await Server.start({ env: { LOG_LEVEL: 'info', MEDIA_SEND: send, ...options.env } });
    const stage = new Stage(server, options);
    try {
      await stage.publish(1);
      await stage.load.call('open', { profile, sampleEvery, hasGro });
      if (options.isApart) stage.#moveApart();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** So many streams more, each on a channel of its own. */
  async publish(count: number): Promise<void> {
    this.#api ??= await Api.setUp(this.server);
    const { hasAudio = true, hasVideo = true, layers = 1 } = this.#options;
    for (let left = count; left > 0; left -= 1) {
      const { slug, key } = await this.#api.createChannel(`bench-${this.#slugs.length + 1}`);
      await this.#publisher.call('start', { url: `${this.server.url}/whip`, token: key, hasAudio, hasVideo, layers });
      this.#slugs.push(slug);
    }
  }

  get streams(): number {
    return this.#slugs.length;
  }

  /** Of the stream published last. */
  get slug(): string {
    return this.#slugs.at(-1) ?? '';
  }

  get api(): Api {
    if (!this.#api) throw new Error('nothing is published yet');
    return this.#api;
  }

  /** So many viewers more, of the stream published last. Throws when one of them could not. */
  async join(count: number, { concurrency = 16, hasFeedback = false } = {}): Promise<Joined> {
    const url = `${this.server.url}/whep/${this.slug}`;
    const joined = await this.load.call('join', { url, count, concurrency, hasFeedback });
    if (joined.joined < count) throw new Error(`${count - joined.joined} of ${count} joins failed: ${joined.failures}`);
    return joined;
  }

  /** Resolves once everybody is live: has been sent what was cached, and gets what comes, for two seconds in a row. */
  async settle(): Promise<void> {
    for (let [second, live] = [0, 0]; second < SETTLE_SECONDS; second += 1) {
      const { counts, due } = await this.measure(1);
      live = counts.packets <= due * LIVE_RATIO ? live + 1 : 0;
      if (live === 2) return;
    }
    throw new Error(`the viewers are not live after ${SETTLE_SECONDS} s`);
  }

  usage(): Usage {
    return readUsage(this.server.pid);
  }

  async measure(seconds: number): Promise<Stretch> {
    await this.load.call('reset', undefined);
    const publishedBefore = await this.#publisher.call('packets', undefined);
    const softirqBefore = softirqSeconds();
    const dropsBefore = readKernelDrops();
    const [serverBefore, loadBefore] = [this.usage(), readUsage(this.load.pid)];
    await pause(seconds * 1000);
    const [serverAfter, loadAfter] = [this.usage(), readUsage(this.load.pid)];
    const published = (await this.#publisher.call('packets', undefined)) - publishedBefore;
    const counts = await this.load.call('counts', undefined);
    return {
      published,
      due: (published / this.streams) * counts.viewers,
      counts,
      server: spentBetween(serverBefore, serverAfter),
      load: spentBetween(loadBefore, loadAfter),
      softirq: softirqSeconds() - softirqBefore,
      drops: dropsBetween(dropsBefore, readKernelDrops()),
    };
  }

  // Of util-linux, on every Linux; without it the figures are only noisier.
  #moveApart(): void {
    const places = [
      [this.server.pid, 0],
      [this.load.pid, 1],
      [this.#publisher.pid, 1],
    ] as const;
    for (const [pid, core] of places) spawnSync('taskset', ['-a', '-c', '-p', `${core}`, `${pid}`]);
  }

  async close(): Promise<void> {
    await Promise.all([this.load.stop(), this.#publisher.stop()]);
    await this.server.stop();
  }
}

/** On a stage that is closed whatever happens. */
export async function onStage<T>(options: StageOptions, act: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await Stage.open(options);
  try {
    return await act(stage);
  } finally {
    await stage.close();
  }
}

let softirqPids: readonly string[] | undefined;

function softirqSeconds(): number {
  softirqPids ??= readdirSync('/proc').filter((name) => /^\d+$/.test(name) && nameOf(name).startsWith('ksoftirqd'));
  return softirqPids.reduce((sum, pid) => sum + Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / 1e9, 0);
}

function nameOf(pid: string): string {
  return read(`/proc/${pid}/comm`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
