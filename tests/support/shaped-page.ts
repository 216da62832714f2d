import type { Page } from 'playwright-core';
import type { AnyPage } from './browser.ts';
import { until } from './until.ts';
import { seesMovingPicture } from './watching.ts';

const STEADY_MS = 2000;

/** A network of ours in place of the way to the server. */
interface Detour {
  inAnswer(sdp: string): string;
}

/** Sends the media of what this page publishes or plays from now on over a bad network; HTTP goes around it. */
export async function shapePage(page: Page, link: Detour): Promise<void> {
  await page.route(/\/(whip|whep)\b/, async (route) => {
    // Others may never end: event streams.
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch();
    if (response.status() !== 201) return route.fulfill({ response });
    return route.fulfill({ response, body: link.inAnswer(await response.text()) });
  });
}

/** What a person in front of the page has seen. */
export interface Sight {
  readonly watchedMs: number;
  readonly pictures: number;
  readonly height: number;
  /** Of the first picture, and then each change. */
  readonly sizes: readonly { readonly height: number; readonly afterMs: number }[];
  readonly freezes: number;
  /** 0 when there was none. */
  readonly longestFreezeMs: number;
  readonly frozenShare: number;
  /** The same as the browser's own statistics count it. */
  readonly countedFrozenShare: number;
  /** How often the browser asked for a keyframe. */
  readonly keyframesAsked: number;
  /** How long pictures waited in the browser's jitter buffer, in the mean. */
  readonly bufferMs: number;
  /** The median, without sign; absent as long as the browser can not tell. */
  readonly lipOffsetMs?: number;
  /** Packets of the picture that came again. */
  readonly packetsRepaired: number;
  /** As the browser knows it; absent where nobody told. */
  readonly roundTripMs?: number;
}

/** Watches the page's `<video>` for some time. */
export async function watchFor(page: Page, ms: number): Promise<Sight> {
  await page.evaluate('globalThis.eye = openEye()');
  const sight = await seen(page, ms);
  await page.evaluate('eye.close()');
  return sight;
}

/** What is seen while `act` freezes the picture, and for two seconds after; should it not, for `ms` and two seconds. */
export async function sightOfFreeze(page: Page, act: () => void, ms: number): Promise<Sight> {
  await page.evaluate('globalThis.eye = openEye()');
  await seen(page, 1000);
  act();
  const { watchedMs } = await until('it freezes, or does not', async () => {
    const sight = await look(page);
    return (sight.freezes > 0 || sight.watchedMs > ms) && sight;
  });
  await seesMovingPicture(page);
  const sight = await seen(page, watchedMs + 2000);
  await page.evaluate('eye.close()');
  return sight;
}

/** Resolves once what is seen for a while is such, and nothing in it freezes. */
export function sightSuchAs(what: string, page: Page, isSuch: (seen: Sight) => boolean): Promise<Sight> {
  const watch = async () => {
    const sight = await watchFor(page, STEADY_MS);
    return sight.freezes === 0 && isSuch(sight) && sight;
  };
  return until(what, watch, { timeoutMs: 25_000 });
}

export function picturesPerSecond({ pictures, watchedMs }: Sight): number {
  return (pictures * 1000) / watchedMs;
}

/** What was seen while `act` was done, and until then. */
export async function sightDuring(page: AnyPage, act: () => Promise<void>): Promise<Sight> {
  await page.evaluate('globalThis.eye = openEye()');
  await act();
  const sight = await look(page);
  await page.evaluate('eye.close()');
  return sight;
}

const look = (page: AnyPage) => page.evaluate<Sight>('eye.look()');

function seen(page: Page, ms: number): Promise<Sight> {
  const isEnough = async () => {
    const sight = await look(page);
    return sight.watchedMs >= ms && sight;
  };
  return until(`${ms} ms are watched`, isEnough, { timeoutMs: ms + 15_000, everyMs: 250 });
}
