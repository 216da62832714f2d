import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterTest } from './after-test.ts';
import { newVisitor } from './browser.ts';
import { forget, openScreening, prepareScreening, type Screened, screened } from './screening.ts';
import { until } from './until.ts';

const PLAYER = '[data-testid=player]';
const ROUND_TRIP_MS = 20;

/** Somebody on the page of a recording, who plays it. */
export class RecordingWatcher {
  readonly page: Page;
  readonly #devtools: CDPSession;

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page;
    this.#devtools = devtools;
  }

  /** From this second on. Resolves once it plays. */
  static async open(browser: Browser, url: string, atS: number): Promise<RecordingWatcher> {
    const visitor = await newVisitor(browser);
    afterTest(() => visitor.leave());
    await prepareScreening(visitor.context);
    const page = await visitor.open(`${url}?t=${Math.max(0, Math.floor(atS))}`);
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('k');
    await page.waitForSelector('[data-state=playing]');
    const isSeen = `(({ currentTime, videoHeight }) => currentTime > 0 && videoHeight > 2)(document.querySelector('${PLAYER}'))`;
    await until('a picture is seen', () => page.evaluate<boolean>(isSeen), { timeoutMs: 30_000 });
    await openScreening(page, PLAYER);
    return new RecordingWatcher(page, await visitor.context.newCDPSession(page));
  }

  async watch(ms: number): Promise<Screened> {
    await forget(this.page);
    return this.#seen(`${ms} ms are watched`, ({ watchedMs }) => watchedMs > ms, ms + 10_000);
  }

  /** To a tenth of its length, by its key. Resolves when it goes on there. */
  async goTo(tenth: number): Promise<void> {
    await this.page.keyboard.press(String(tenth));
    const isThere = `(({ duration, currentTime, seeking, readyState }) => !seeking && readyState > 2 && Math.abs(currentTime / duration - ${tenth / 10}) < 0.1)(document.querySelector('${PLAYER}'))`;
    await until(`${tenth} tenths are there`, () => this.page.evaluate<boolean>(isThere));
  }

  /** What a thinner or wider link brings from now on. */
  async link(bps: number): Promise<void> {
    const [downloadThroughput, uploadThroughput] = [bps / 8, bps / 8];
    const conditions = { offline: false, latency: ROUND_TRIP_MS, downloadThroughput, uploadThroughput };
    await this.#devtools.send('Network.enable');
    await this.#devtools.send('Network.emulateNetworkConditions', conditions);
  }

  /** Resolves when the picture has so many lines; what was seen until then. */
  async sees(height: number, withinMs: number): Promise<Screened> {
    await forget(this.page);
    return this.#seen(`${height} lines are seen`, ({ sizes }) => sizes.at(-1)?.height === height, withinMs);
  }

  async #seen(what: string, isIt: (now: Screened) => boolean, timeoutMs: number): Promise<Screened> {
    let last: Screened | undefined;
    const look = async () => {
      last = await screened(this.page);
      return isIt(last) && last;
    };
    return until(what, look, { timeoutMs, everyMs: 100 }).catch((cause) => {
      throw new Error(`${what}: ${JSON.stringify(last)}`, { cause });
    });
  }
}
