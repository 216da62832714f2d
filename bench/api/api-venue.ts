import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from '../child.ts';
import { cpuBelow } from '../measure/process-tree.ts';
import { readUsage, type Spent, spentBetween } from '../measure/process-usage.ts';
import { onStage, type Stage, type StageOptions, type Stretch } from '../stage.ts';
import type { ApiAnswers, ApiLoadOptions } from './api-load.ts';
import type { ApiMethods } from './api-process.ts';
import type { Subject } from './request-mix.ts';

const CLIENTS_PROCESS = join(import.meta.dirname, 'api-process.ts');
const OTHER_CHANNELS = 50;
const FEEDS = 20;
/** One viewer in so many tells delays: few viewers, and the tail of their delays is asked for. */
const SAMPLE_EVERY = 5;
const WARM_UP_MS = 2_000;
const NO_ANSWERS: ApiAnswers = { tookMs: new Float64Array(), failures: {}, unanswered: 0 };

/** One stretch of time, beside requests or without. */
export interface Window {
  readonly stretch: Stretch;
  readonly delaysUs: Float64Array;
  readonly answers: ApiAnswers;
  /** CPU seconds of the server's main thread and of its busiest other one, of its database, and of those who ask. */
  readonly cpu: { readonly main: number; readonly media: number; readonly database: number; readonly clients: number };
}

export interface ApiVenueOptions {
  readonly clients: number;
  /** Of all clients together. */
  readonly perSecond: number;
  readonly stage?: StageOptions;
}

/** A live stream with viewers, and clients of the API. */
export class ApiVenue {
  readonly stage: Stage;
  readonly #clients: Child<ApiMethods>;
  readonly #load: ApiLoadOptions;
  #viewers = 0;

  constructor(stage: Stage, clients: Child<ApiMethods>, load: ApiLoadOptions) {
    this.stage = stage;
    this.#clients = clients;
    this.#load = load;
  }

  /** Resolves with so many viewers in all, who are live. */
  async fill(viewers: number): Promise<void> {
    await this.stage.join(viewers - this.#viewers);
    this.#viewers = viewers;
    await this.stage.settle();
  }

  async measure({ isBusy, seconds }: { isBusy: boolean; seconds: number }): Promise<Window> {
    if (isBusy) return await this.whileBusy(() => this.#window(true, seconds));
    await pause(WARM_UP_MS);
    return await this.#window(false, seconds);
  }

  /** Has requests come until what it is given is done. */
  async whileBusy<T>(act: () => Promise<T>): Promise<T> {
    await this.#clients.call('start', this.#load);
    try {
      await pause(WARM_UP_MS);
      return await act();
    } finally {
      await this.#clients.call('stop', undefined);
    }
  }

  async #window(isBusy: boolean, seconds: number): Promise<Window> {
    if (isBusy) await this.#clients.call('reset', undefined);
    const { pid } = this.stage.server;
    const [databaseBefore, clientsBefore] = [cpuBelow(pid), readUsage(this.#clients.pid)];
    const stretch = await this.stage.measure(seconds);
    const [databaseAfter, clientsAfter] = [cpuBelow(pid), readUsage(this.#clients.pid)];
    return {
      stretch,
      delaysUs: await this.stage.load.call('delaysUs', undefined),
      answers: isBusy ? await this.#clients.call('answers', undefined) : NO_ANSWERS,
      cpu: {
        ...threadsOf(stretch.server, pid),
        database: databaseAfter - databaseBefore,
        clients: spentBetween(clientsBefore, clientsAfter).cpu,
      },
    };
  }
}

/** With channels to list, and a token for each client; closed whatever happens. */
export function onApiVenue<T>(options: ApiVenueOptions, act: (venue: ApiVenue) => Promise<T>): Promise<T> {
  return onStage({ sampleEvery: SAMPLE_EVERY, ...options.stage }, async (stage) => {
    const clients = new Child<ApiMethods>(CLIENTS_PROCESS);
    try {
      const tokens = await mintTokens(stage, options.clients);
      const subject = await subjectOf(stage);
      const { perSecond } = options;
      return await act(
        new ApiVenue(stage, clients, { url: stage.server.url, subject, tokens, perSecond, feeds: FEEDS }),
      );
    } finally {
      await clients.stop();
    }
  });
}

async function mintTokens({ api }: Stage, count: number): Promise<readonly string[]> {
  const tokens: string[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    tokens.push((await api.post<{ token: string }>('/tokens', { name: `client ${nth}` })).token);
  }
  return tokens;
}

async function subjectOf({ api, slug }: Stage): Promise<Subject> {
  for (let nth = 1; nth <= OTHER_CHANNELS; nth += 1) {
    await api.post('/channels', { slug: `other-${nth}`, title: `Another channel, the ${nth}th` });
  }
  const { stream } = await api.live(slug);
  if (!stream) throw new Error(`nothing is live on ${slug}`);
  const { id: keyId } = await api.post<{ id: string }>(`/channels/${slug}/keys`, { name: 'unused' });
  return { slug, streamId: stream.id, keyId };
}

// The main thread has the process's own number.
function threadsOf({ threads }: Spent, pid: number): { main: number; media: number } {
  const isMain = ({ name }: { name: string }) => name.endsWith(` ${pid}`);
  return {
    main: threads.find(isMain)?.cpu ?? 0,
    media: threads.find((thread) => !isMain(thread))?.cpu ?? 0,
  };
}
