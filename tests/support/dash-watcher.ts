import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { liveIndexKey } from '../../src/dash/live-files.ts';
import { type LiveIndex, readLiveIndex } from '../../src/dash/live-index.ts';
import { afterTest } from './after-test.ts';
import { newVisitor } from './browser.ts';
import { forget, openScreening, prepareScreening, type Screened, screened } from './screening.ts';
import type { Server } from './server.ts';
import { until } from './until.ts';
import { tapForSound } from './watching.ts';

const PLAYER = '[data-testid=player]';
// A network that lets neither UDP nor TCP through to the media port: only relays may be used, and there are none.
const BLOCKED = `
  const Real = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }
  };
`;

/** A page that is busy sees the time of its video late by a fifth of a second, so what is shorter may be none. */
export const STALL_MS = 500;

export interface Watched extends Screened {
  /** Behind what is published, at most. */
  readonly mostBehindMs: number;
}

/** Somebody on the watch page whose network lets no WebRTC through, and who touches nothing. */
export class DashWatcher {
  readonly page: Page;
  readonly #server: Server;
  readonly #streamId: string;

  private constructor(page: Page, server: Server, streamId: string) {
    this.page = page;
    this.#server = server;
    this.#streamId = streamId;
  }

  /** Resolves once something is seen and heard. */
  static async open(browser: Browser, server: Server, channel: { slug: string; streamId: string }) {
    const visitor = await newVisitor(browser);
    afterTest(() => visitor.leave());
    await visitor.context.addInitScript(BLOCKED);
    await prepareScreening(visitor.context);
    const page = await visitor.open(`${server.url}/${channel.slug}`);
    // Without a picture yet, a stream of WebRTC is two points high.
    const isSeen = `(({ srcObject, videoHeight }) => srcObject === null && videoHeight > 2)(document.querySelector('${PLAYER}'))`;
    await until('DASH is seen', () => page.evaluate<boolean>(isSeen), { timeoutMs: 60_000 });
    await tapForSound(page);
    await openScreening(page, PLAYER);
    return new DashWatcher(page, server, channel.streamId);
  }

  /** What the transcoders have given out. */
  get index(): LiveIndex {
    const file = join(this.#server.dataDir, liveIndexKey(this.#streamId));
    const index = readLiveIndex(readFileSync(file, 'utf8'));
    if (!index) throw new Error('the index can not be read');
    return index;
  }

  async behindMs(): Promise<number> {
    const [at, nowMs] = await this.page.evaluate<[number, number]>(
      `[document.querySelector('${PLAYER}').currentTime, Date.now()]`,
    );
    return nowMs - (this.index.startedAtMs + at * 1000);
  }

  /** Resolves once it plays what was made after `edge`, at most so far behind, and goes on there; after how long. */
  async isBack(edge: number, { mostBehindMs, withinMs }: { mostBehindMs: number; withinMs: number }): Promise<number> {
    const startMs = performance.now();
    const isThere = async () => {
      const { at, longestStallMs, mostBehindMs: behindMs, height } = await this.watch(1_000);
      last = `at ${at} s, ${behindMs} ms behind, ${longestStallMs} ms stalled, ${height} lines`;
      return at > edge + 1 && longestStallMs < STALL_MS && behindMs < mostBehindMs;
    };
    let last = '';
    await until('it is back', isThere, { timeoutMs: withinMs, everyMs: 100 }).catch((cause) => {
      throw new Error(`beyond ${edge} s, ${mostBehindMs} ms behind at most: ${last}`, { cause });
    });
    return performance.now() - startMs;
  }

  async watch(ms: number): Promise<Watched> {
    const behind: number[] = [];
    await forget(this.page);
    const seen = await until(
      `${ms} ms are watched`,
      async () => {
        behind.push(await this.behindMs());
        const now = await screened(this.page);
        return now.watchedMs > ms && now;
      },
      { timeoutMs: ms + 10_000, everyMs: 100 },
    );
    return { ...seen, mostBehindMs: Math.max(...behind) };
  }
}
